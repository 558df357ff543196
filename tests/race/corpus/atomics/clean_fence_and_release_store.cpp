// SPDX-License-Identifier: Apache-2.0
// A release store, a relaxed load, an acquire fence.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<int> flag = 0;
int main() {
  both(
      [] {
        value = 1;
        flag.store(1, std::memory_order_release);
      },
      [] {
        while (flag.load(std::memory_order_relaxed) == 0) vole::yield();
        std::atomic_thread_fence(std::memory_order_acquire);
        use(value);
      });
  return 0;
}
