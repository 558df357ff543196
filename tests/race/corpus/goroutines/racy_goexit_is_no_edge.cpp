// SPDX-License-Identifier: Apache-2.0
// A goroutine that ends by goexit orders nothing with it.
#include <vole/defer.h>
#include <vole/go.h>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  vole::go([&] {
    const vole::defer last([&] { order.done(1); });
    value = 1;
    vole::goexit();
  });
  order.wait(1);
  value = 2;
  return 0;
}
