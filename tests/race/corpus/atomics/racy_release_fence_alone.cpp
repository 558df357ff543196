// SPDX-License-Identifier: Apache-2.0
// A release fence without an acquire on the other side.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<int> flag = 0;
int main() {
  both(
      [] {
        value = 1;
        std::atomic_thread_fence(std::memory_order_release);
        flag.store(1, std::memory_order_relaxed);
      },
      [] {
        while (flag.load(std::memory_order_relaxed) == 0) vole::yield();
        use(value);
      });
  return 0;
}
