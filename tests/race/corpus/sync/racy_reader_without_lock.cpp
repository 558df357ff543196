// SPDX-License-Identifier: Apache-2.0
// Only the writer takes the lock.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
int main() {
  in_turn(
      [] {
        const std::lock_guard hold(lock);
        value = 1;
      },
      [] { use(value); });
  return 0;
}
