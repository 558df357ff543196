// SPDX-License-Identifier: Apache-2.0
// Two channels order each its own pair only.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto one = vole::make_chan<vole::unit>(1), two = vole::make_chan<vole::unit>(1);
  in_turn(
      [&] {
        value = 1;
        one.send({});
      },
      [&] {
        two.send({});
        value = 2;
      });
  return 0;
}
