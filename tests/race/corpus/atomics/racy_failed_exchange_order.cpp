// SPDX-License-Identifier: Apache-2.0
// A compare_exchange that fails has its failure order: relaxed here.
#include <atomic>

#include "../unordered.h"

int value = 0;
std::atomic<int> state = 0;
int main() {
  in_turn(
      [] {
        value = 1;
        state.store(1, std::memory_order_release);
      },
      [] {
        int expected = 0;
        state.compare_exchange_strong(expected, 2, std::memory_order_acq_rel,
                                      std::memory_order_relaxed);
        use(value);
      });
  return 0;
}
