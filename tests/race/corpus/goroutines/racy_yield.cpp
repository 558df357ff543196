// SPDX-License-Identifier: Apache-2.0
// Giving way to others orders nothing.
#include <vole/go.h>
#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  vole::go([&] {
    value = 1;
    vole::yield();
    order.done(1);
  });
  order.wait(1);
  vole::yield();
  value = 2;
  return 0;
}
