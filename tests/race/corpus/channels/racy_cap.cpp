// SPDX-License-Identifier: Apache-2.0
// cap() is no synchronisation.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(4);
  in_turn(
      [ch] {
        value = 1;
        ch.send(1);
      },
      [ch] {
        use(ch.cap());
        value = 2;
      });
  return 0;
}
