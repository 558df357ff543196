// SPDX-License-Identifier: Apache-2.0
// The write stands before the lock.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
int main() {
  const auto add = [] {
    ++value;
    const std::lock_guard hold(lock);
  };
  both(add, add);
  return 0;
}
