// SPDX-License-Identifier: Apache-2.0
// Two sends into different slots order nothing.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(2);
  in_turn(
      [ch] {
        value = 1;
        ch.send(1);
      },
      [ch] {
        ch.send(2);
        value = 2;
      });
  return 0;
}
