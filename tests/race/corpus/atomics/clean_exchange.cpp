// SPDX-License-Identifier: Apache-2.0
// exchange acquires what the other's exchange released.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<int> token = 1;
int main() {
  const auto add = [] {
    while (token.exchange(0, std::memory_order_acquire) == 0) vole::yield();
    ++value;
    token.store(1, std::memory_order_release);
  };
  both(add, add);
  return value - 2;
}
