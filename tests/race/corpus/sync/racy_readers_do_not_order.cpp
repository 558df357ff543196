// SPDX-License-Identifier: Apache-2.0
// A shared unlock is not before another goroutine's shared lock.
#include <vole/go.h>
#include <vole/sync.h>
#include "../unordered.h"

int value = 0;
int main() {
  vole::shared_mutex lock;
  turns order;
  vole::go([&] {
    value = 1;
    lock.lock_shared();
    lock.unlock_shared();
    order.done(1);
  });
  order.wait(1);
  lock.lock_shared();
  lock.unlock_shared();
  return value == 77;
}
