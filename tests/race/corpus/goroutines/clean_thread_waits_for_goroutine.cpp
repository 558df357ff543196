// SPDX-License-Identifier: Apache-2.0
// A thread and a goroutine meet on a channel.
#include <thread>

#include <vole/chan.h>
#include <vole/sync.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>();
  std::thread other([ch] {
    value = 1;
    ch.send(1);
  });
  vole::wait_group all;
  all.go([ch] {
    ch.recv();
    ++value;
  });
  all.wait();
  other.join();
  return value - 2;
}
