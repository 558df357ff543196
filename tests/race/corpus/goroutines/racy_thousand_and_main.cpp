// SPDX-License-Identifier: Apache-2.0
// The first of a thousand goroutines is remembered.
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
  });
  order.wait(1);
  vole::wait_group all;
  for (int i = 0; i < 1000; ++i) all.go([] { vole::yield(); });
  all.wait();
  value = 2;
  return 0;
}
