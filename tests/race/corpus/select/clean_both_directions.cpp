// SPDX-License-Identifier: Apache-2.0
// Unbuffered: the select's send learns the receiver's past.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(), never = vole::make_chan<int>();
  vole::go([ch] {
    value = 1;
    ch.recv();
  });
  vole::select(vole::on_send(ch, 1), vole::on_recv(never));
  return value - 1;
}
