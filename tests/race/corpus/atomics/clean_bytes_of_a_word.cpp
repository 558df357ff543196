// SPDX-License-Identifier: Apache-2.0
// Atomics of 1 byte, side by side, of mixed orders.
#include <atomic>

#include <vole/sync.h>

std::atomic<char> byte[8];
int main() {
  vole::wait_group all;
  for (int i = 0; i < 8; ++i)
    all.go([i] {
      for (int turn = 0; turn < 10; ++turn) byte[i].fetch_add(1, std::memory_order_relaxed);
    });
  all.wait();
  return byte[5] - 10;
}
