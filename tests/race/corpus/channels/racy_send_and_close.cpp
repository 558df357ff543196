// SPDX-License-Identifier: Apache-2.0
// A close that nothing orders with a send.
#include <vole/chan.h>
#include <vole/go.h>
#include "../unordered.h"

int main() {
  const auto ch = vole::make_chan<int>(1);
  turns order;
  vole::go([&, ch] {
    ch.send(1);
    order.done(1);
  });
  order.wait(1);
  ch.close();
  return 0;
}
