// SPDX-License-Identifier: Apache-2.0
// Ownership of a lock goes with the unique_lock.
#include <mutex>
#include <utility>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
int main() {
  const auto add = [] {
    std::unique_lock first(lock);
    std::unique_lock<vole::mutex> second(std::move(first));
    ++value;
  };
  both(add, add);
  return value - 2;
}
