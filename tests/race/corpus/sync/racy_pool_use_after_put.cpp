// SPDX-License-Identifier: Apache-2.0
// An object is another's once it was put back.
#include <memory>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::pool<std::shared_ptr<int>> pool([] { return std::make_shared<int>(0); });
  auto mine = pool.get();
  pool.put(mine);
  vole::wait_group all;
  turns order;
  all.go([&] {
    *mine = 1;
    order.done(1);
  });
  order.wait(1);
  *mine = 2;
  all.wait();
  return 0;
}
