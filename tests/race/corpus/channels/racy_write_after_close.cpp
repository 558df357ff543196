// SPDX-License-Identifier: Apache-2.0
// What the closer writes after the close is not ordered.
#include <vole/chan.h>
#include <vole/sync.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<vole::unit>();
  vole::wait_group all;
  all.go([ch] {
    ch.close();
    value = 1;
  });
  ch.recv();
  value = 2;
  all.wait();
  return 0;
}
