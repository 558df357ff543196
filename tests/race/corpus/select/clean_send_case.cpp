// SPDX-License-Identifier: Apache-2.0
// A send that select does is a send.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1), never = vole::make_chan<int>();
  vole::go([ch, never] {
    value = 1;
    vole::select(vole::on_send(ch, 1), vole::on_recv(never));
  });
  ch.recv();
  return value - 1;
}
