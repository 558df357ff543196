// SPDX-License-Identifier: Apache-2.0
// done() before the last write.
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::wait_group all;
  turns order;
  all.add(1);
  vole::go([&] {
    all.done();
    value = 1;
    order.done(1);
  });
  all.wait();
  use(value);
  order.wait(1);
  return 0;
}
