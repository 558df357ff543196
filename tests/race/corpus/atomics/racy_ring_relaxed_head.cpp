// SPDX-License-Identifier: Apache-2.0
// The same ring whose consumer gives slots back without release.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int ring[2];
std::atomic<unsigned> head = 0, tail = 0;
int main() {
  both(
      [] {
        for (int i = 0; i < 6; ++i) {
          while (tail.load(std::memory_order_relaxed) - head.load(std::memory_order_acquire) == 2)
            vole::yield();
          ring[tail.load(std::memory_order_relaxed) % 2] = i;
          tail.fetch_add(1, std::memory_order_release);
        }
      },
      [] {
        for (int i = 0; i < 6; ++i) {
          while (head.load(std::memory_order_relaxed) == tail.load(std::memory_order_acquire))
            vole::yield();
          use(ring[head.load(std::memory_order_relaxed) % 2]);
          head.fetch_add(1, std::memory_order_relaxed);
        }
      });
  return 0;
}
