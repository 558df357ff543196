// SPDX-License-Identifier: Apache-2.0
// The write stands after the unlock.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
int main() {
  in_turn(
      [] {
        lock.lock();
        lock.unlock();
        value = 1;
      },
      [] {
        const std::lock_guard hold(lock);
        value = 2;
      });
  return 0;
}
