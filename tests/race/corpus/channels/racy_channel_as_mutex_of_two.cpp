// SPDX-License-Identifier: Apache-2.0
// Capacity 2 lets two in.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto room = vole::make_chan<vole::unit>(2);
  const auto add = [room] {
    room.send({});
    ++value;
    room.recv();
  };
  in_turn(add, add);
  return 0;
}
