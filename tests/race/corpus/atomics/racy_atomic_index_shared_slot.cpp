// SPDX-License-Identifier: Apache-2.0
// An atomic index that wraps: two get the same slot.
#include <atomic>

#include "../unordered.h"

std::atomic<unsigned> next = 0;
int slots[2];
int main() {
  const auto put = [] { slots[next.fetch_add(2, std::memory_order_relaxed) % 2] = 1; };
  in_turn(put, put);
  return 0;
}
