// SPDX-License-Identifier: Apache-2.0
// A signal fence orders one thread with its own handlers only.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<int> flag = 0;
int main() {
  both(
      [] {
        value = 1;
        std::atomic_signal_fence(std::memory_order_seq_cst);
        flag.store(1, std::memory_order_relaxed);
      },
      [] {
        while (flag.load(std::memory_order_relaxed) == 0) vole::yield();
        std::atomic_signal_fence(std::memory_order_seq_cst);
        use(value);
      });
  return 0;
}
