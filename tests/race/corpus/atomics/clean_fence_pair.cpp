// SPDX-License-Identifier: Apache-2.0
// A fence on each side of a relaxed flag.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<int> flag = 0;
int main() {
  both(
      [] {
        value = 1;
        std::atomic_thread_fence(std::memory_order_seq_cst);
        flag.store(1, std::memory_order_relaxed);
      },
      [] {
        while (flag.load(std::memory_order_relaxed) == 0) vole::yield();
        std::atomic_thread_fence(std::memory_order_seq_cst);
        use(value);
      });
  return 0;
}
