// SPDX-License-Identifier: Apache-2.0
// A release store that a relaxed load sees.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  both(
      [] {
        value = 1;
        is_ready.store(true, std::memory_order_release);
      },
      [] {
        while (!is_ready.load(std::memory_order_relaxed)) vole::yield();
        use(value);
      });
  return 0;
}
