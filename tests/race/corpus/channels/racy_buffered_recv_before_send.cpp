// SPDX-License-Identifier: Apache-2.0
// Buffered: a receive is not before the completion of a send that had room.
#include <vole/chan.h>
#include <vole/go.h>
#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  turns order;
  vole::go([&, ch] {
    value = 1;
    ch.recv();
    order.done(1);
  });
  ch.send(0);
  order.wait(1);
  return value == 77;
}
