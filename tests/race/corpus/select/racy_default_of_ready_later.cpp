// SPDX-License-Identifier: Apache-2.0
// The default case is taken although the channel fills right afterwards.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
    order.wait(2);
    ch.send(1);
    order.done(3);
  });
  order.wait(1);
  vole::select(vole::on_recv(ch), vole::on_default());
  order.done(2);
  order.wait(3);
  value = 2;
  return 0;
}
