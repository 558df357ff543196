// SPDX-License-Identifier: Apache-2.0
// A spin lock of an atomic_flag.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic_flag lock;
int main() {
  const auto add = [] {
    for (int i = 0; i < 20; ++i) {
      while (lock.test_and_set(std::memory_order_acquire)) vole::yield();
      ++value;
      lock.clear(std::memory_order_release);
    }
  };
  both(add, add);
  return value - 40;
}
