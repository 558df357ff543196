// SPDX-License-Identifier: Apache-2.0
// A spin lock whose clear releases nothing.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic_flag lock;
int main() {
  const auto add = [] {
    while (lock.test_and_set(std::memory_order_acquire)) vole::yield();
    ++value;
    lock.clear(std::memory_order_relaxed);
  };
  in_turn(add, add);
  return 0;
}
