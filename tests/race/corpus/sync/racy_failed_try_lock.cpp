// SPDX-License-Identifier: Apache-2.0
// A try_lock that fails orders nothing.
#include <vole/go.h>
#include <vole/sync.h>
#include "../unordered.h"

int value = 0;
int main() {
  vole::mutex lock;
  turns order;
  vole::go([&] {
    value = 1;
    lock.lock();
    order.done(1);
    order.wait(2);
    lock.unlock();
    order.done(3);
  });
  order.wait(1);
  if (!lock.try_lock()) value = 2;
  order.done(2);
  order.wait(3);
  return 0;
}
