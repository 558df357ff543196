// SPDX-License-Identifier: Apache-2.0
// A try_lock_shared that fails orders nothing.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::shared_mutex lock;
int main() {
  turns order;
  vole::wait_group all;
  all.go([&] {
    const std::unique_lock hold(lock);
    value = 1;
    order.done(1);
    order.wait(2);
  });
  order.wait(1);
  if (lock.try_lock_shared()) return 1;
  value = 2;
  order.done(2);
  all.wait();
  return 0;
}
