// SPDX-License-Identifier: Apache-2.0
// A notify before the return of the wait that it ends, even without the lock.
#include <vole/go.h>
#include <vole/sync.h>
#include <mutex>

int main() {
  vole::mutex lock;
  vole::condition_variable changed;
  vole::wait_group all;
  bool is_waiting = false;
  int value = 0, seen = 0;
  all.go([&] {
    std::unique_lock hold(lock);
    is_waiting = true;
    changed.wait(hold);
    seen = value;
  });
  while (true) {
    const std::lock_guard hold(lock);
    if (is_waiting) break;
  }
  value = 4;
  changed.notify_one();
  all.wait();
  return seen - 4;
}
