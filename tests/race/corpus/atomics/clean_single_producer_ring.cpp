// SPDX-License-Identifier: Apache-2.0
// A ring of one producer and one consumer with two indices.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int ring[4];
std::atomic<unsigned> head = 0, tail = 0;
int main() {
  int sum = 0;
  both(
      [] {
        for (int i = 0; i < 40; ++i) {
          while (tail.load(std::memory_order_relaxed) - head.load(std::memory_order_acquire) == 4)
            vole::yield();
          ring[tail.load(std::memory_order_relaxed) % 4] = i;
          tail.fetch_add(1, std::memory_order_release);
        }
      },
      [&] {
        for (int i = 0; i < 40; ++i) {
          while (head.load(std::memory_order_relaxed) == tail.load(std::memory_order_acquire))
            vole::yield();
          sum += ring[head.load(std::memory_order_relaxed) % 4];
          head.fetch_add(1, std::memory_order_release);
        }
      });
  return sum - 780;
}
