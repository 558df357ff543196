// SPDX-License-Identifier: Apache-2.0
// Functions of an errgroup are not ordered with each other.
#include <vole/errgroup.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::errgroup group;
  turns order;
  group.go([&] {
    value = 1;
    order.done(1);
  });
  group.go([&] {
    order.wait(1);
    value = 2;
  });
  group.wait();
  return 0;
}
