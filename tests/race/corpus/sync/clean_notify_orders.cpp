// SPDX-License-Identifier: Apache-2.0
// A notify is before the return of the wait that it ends, without the lock too.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
vole::condition_variable changed;
int main() {
  turns order;
  vole::wait_group all;
  all.go([&] {
    std::unique_lock hold(lock);
    order.done(1);
    changed.wait(hold);
    use(value);
  });
  order.wait(1);
  lock.lock();
  lock.unlock();
  value = 1;
  changed.notify_all();
  all.wait();
  return 0;
}
