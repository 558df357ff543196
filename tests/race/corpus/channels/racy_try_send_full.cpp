// SPDX-License-Identifier: Apache-2.0
// A try_send that found no room orders nothing.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  in_turn(
      [ch] {
        value = 1;
        ch.send(1);
      },
      [ch] {
        ch.try_send(2);
        value = 2;
      });
  return 0;
}
