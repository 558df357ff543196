// SPDX-License-Identifier: Apache-2.0
// Empty values in two slots through select are two objects all the same.
#include <vole/chan.h>
#include <vole/select.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<vole::unit>(2), never = vole::make_chan<vole::unit>();
  in_turn(
      [=] {
        value = 1;
        vole::select(vole::on_send(ch, vole::unit{}), vole::on_recv(never));
      },
      [=] {
        vole::select(vole::on_send(ch, vole::unit{}), vole::on_recv(never));
        value = 2;
      });
  return 0;
}
