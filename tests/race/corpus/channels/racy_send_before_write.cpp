// SPDX-License-Identifier: Apache-2.0
// What the sender writes after its send is not ordered with the receiver.
#include <vole/chan.h>
#include <vole/sync.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  vole::wait_group all;
  all.go([ch] {
    ch.send(1);
    value = 1;
  });
  ch.recv();
  value = 2;
  all.wait();
  return 0;
}
