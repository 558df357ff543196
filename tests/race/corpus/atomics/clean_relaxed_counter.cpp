// SPDX-License-Identifier: Apache-2.0
// Relaxed additions to one counter are atomic; the sum is read after a wait.
#include <atomic>

#include "../unordered.h"

std::atomic<int> count = 0;
int main() {
  const auto add = [] { count.fetch_add(1, std::memory_order_relaxed); };
  both(add, add);
  return count.load(std::memory_order_relaxed) - 2;
}
