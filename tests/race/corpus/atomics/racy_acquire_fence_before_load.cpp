// SPDX-License-Identifier: Apache-2.0
// An acquire fence before the load that sees the flag.
#include <atomic>

#include "../unordered.h"

int value = 0;
std::atomic<int> flag = 0;
int main() {
  in_turn(
      [] {
        value = 1;
        flag.store(1, std::memory_order_release);
      },
      [] {
        std::atomic_thread_fence(std::memory_order_acquire);
        use(flag.load(std::memory_order_relaxed));
        use(value);
      });
  return 0;
}
