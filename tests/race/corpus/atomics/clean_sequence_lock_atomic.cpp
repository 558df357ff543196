// SPDX-License-Identifier: Apache-2.0
// A sequence lock over relaxed atomics.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

std::atomic<unsigned> version = 0;
std::atomic<int> data = 0;
int main() {
  both(
      [] {
        version.fetch_add(1);
        data.store(1, std::memory_order_relaxed);
        version.fetch_add(1);
      },
      [] {
        for (;;) {
          const unsigned before = version.load();
          use(data.load(std::memory_order_relaxed));
          if (before % 2 == 0 && before == version.load()) break;
          vole::yield();
        }
      });
  return 0;
}
