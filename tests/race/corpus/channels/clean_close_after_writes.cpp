// SPDX-License-Identifier: Apache-2.0
// A receive that sees the end sees what came before the close.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<vole::unit>();
  vole::go([ch] {
    value = 1;
    ch.close();
  });
  ch.recv();
  return value - 1;
}
