// SPDX-License-Identifier: Apache-2.0
// Unbuffered: what the receiver writes after its receive is nobody's.
#include <vole/chan.h>
#include <vole/sync.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>();
  vole::wait_group all;
  all.go([ch] {
    ch.recv();
    value = 1;
  });
  ch.send(1);
  value = 2;
  all.wait();
  return 0;
}
