// SPDX-License-Identifier: Apache-2.0
// A relaxed store by another ends the release sequence.
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
      [] { flag.store(2, std::memory_order_relaxed); },
      [] {
        if (flag.load(std::memory_order_acquire) == 2) use(value);
      });
  return 0;
}
