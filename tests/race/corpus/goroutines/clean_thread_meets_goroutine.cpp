// SPDX-License-Identifier: Apache-2.0
// A std::thread and a goroutine talk over a channel, a std::mutex and a vole::mutex.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>
#include <mutex>
#include <thread>

int main() {
  const auto ch = vole::make_chan<int*>();
  int value = 0;
  std::mutex of_std;
  vole::mutex of_vole;
  std::thread foreign([&] {
    value = 1;
    ch.send(&value);
    const std::lock_guard a(of_std);
    const std::lock_guard b(of_vole);
    ++value;
  });
  int* mine = *ch.recv();
  {
    const std::lock_guard b(of_vole);
    (void)mine;
  }
  foreign.join();
  return *mine - 2;
}
