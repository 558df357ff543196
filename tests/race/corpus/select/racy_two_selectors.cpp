// SPDX-License-Identifier: Apache-2.0
// Two selects that take different elements order nothing between them.
#include <vole/chan.h>
#include <vole/select.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(2), never = vole::make_chan<int>();
  ch.send(1);
  ch.send(2);
  const auto take = [ch, never] {
    value = value + 1;
    vole::select(vole::on_recv(ch), vole::on_recv(never));
  };
  in_turn(take, take);
  return 0;
}
