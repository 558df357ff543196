// SPDX-License-Identifier: Apache-2.0
// A result that is read before it was waited for.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  int result = 0;
  turns order;
  vole::wait_group all;
  all.go([&] {
    result = 42;
    order.done(1);
  });
  order.wait(1);
  use(result);
  all.wait();
  return 0;
}
