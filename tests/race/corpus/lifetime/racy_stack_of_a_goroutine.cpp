// SPDX-License-Identifier: Apache-2.0
// A local of a goroutine that another writes.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  int* shared = nullptr;
  turns order;
  vole::wait_group all;
  all.go([&] {
    int local = 0;
    shared = &local;
    order.done(1);
    order.wait(2);
    use(local);
    order.done(3);
  });
  all.go([&] {
    order.wait(1);
    *shared = 1;
    order.done(2);
    order.wait(3);
  });
  all.wait();
  return 0;
}
