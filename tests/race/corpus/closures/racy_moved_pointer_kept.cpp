// SPDX-License-Identifier: Apache-2.0
// The parent kept a pointer to what it moved into the goroutine.
#include <memory>
#include <utility>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  auto owner = std::make_unique<int>(1);
  int* const kept = owner.get();
  turns order;
  vole::wait_group all;
  all.go([&, mine = std::move(owner)] {
    *mine = 2;
    order.done(1);
    order.wait(2);
  });
  order.wait(1);
  *kept = 3;
  order.done(2);
  all.wait();
  return 0;
}
