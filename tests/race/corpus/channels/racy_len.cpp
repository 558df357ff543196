// SPDX-License-Identifier: Apache-2.0
// len() is no synchronisation.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  vole::go([ch] {
    value = 1;
    ch.send(1);
  });
  while (ch.len() == 0) vole::yield();
  return value == 77;
}
