// SPDX-License-Identifier: Apache-2.0
// Each gets a slot of its own from an atomic index.
#include <atomic>

#include <vole/sync.h>

std::atomic<int> next = 0;
int slots[20];
int main() {
  vole::wait_group all;
  for (int i = 0; i < 20; ++i)
    all.go([] { slots[next.fetch_add(1, std::memory_order_relaxed)] = 1; });
  all.wait();
  int sum = 0;
  for (const int one : slots) sum += one;
  return sum - 20;
}
