// SPDX-License-Identifier: Apache-2.0
// Capacity 3: the third send had room and learns nothing from the first receive.
#include <vole/chan.h>
#include <vole/go.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(3);
  turns order;
  ch.send(0);
  vole::go([&, ch] {
    value = 1;
    ch.recv();
    order.done(1);
  });
  order.wait(1);
  ch.send(1);
  ch.send(2);
  value = 2;
  return 0;
}
