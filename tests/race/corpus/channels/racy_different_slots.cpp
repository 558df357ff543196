// SPDX-License-Identifier: Apache-2.0
// Two sends to a channel of empty values use different slots and order nothing.
#include <vole/chan.h>
#include <vole/go.h>
#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<vole::unit>(2);
  turns order;
  vole::go([&, ch] {
    value = 1;
    ch.send({});
    order.done(1);
  });
  vole::go([&, ch] {
    order.wait(1);
    ch.send({});
    value = 2;
    order.done(2);
  });
  order.wait(2);
  return 0;
}
