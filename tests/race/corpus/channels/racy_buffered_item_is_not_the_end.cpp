// SPDX-License-Identifier: Apache-2.0
// A receive of an element learns nothing of the close behind it.
#include <vole/chan.h>
#include <vole/go.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  turns order;
  ch.send(1);
  vole::go([&, ch] {
    value = 1;
    ch.close();
    order.done(1);
  });
  order.wait(1);
  ch.recv();
  value = 2;
  return 0;
}
