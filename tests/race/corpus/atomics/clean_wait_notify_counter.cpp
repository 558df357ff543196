// SPDX-License-Identifier: Apache-2.0
// atomic wait returns after it has seen the new value.
#include <atomic>

#include "../unordered.h"

int value = 0;
std::atomic<int> turn = 0;
int main() {
  both_threads(
      [] {
        value = 1;
        turn.store(1, std::memory_order_release);
        turn.notify_all();
      },
      [] {
        turn.wait(0, std::memory_order_acquire);
        use(value);
      });
  return 0;
}
