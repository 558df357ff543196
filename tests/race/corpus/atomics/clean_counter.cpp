// SPDX-License-Identifier: Apache-2.0
// Atomic operations do not race with each other, relaxed or not.
#include <atomic>
#include <thread>

std::atomic<int> counter = 0;
void work() {
  for (int i = 0; i < 1000; ++i) counter.fetch_add(1, std::memory_order_relaxed);
}
int main() {
  std::thread a(work), b(work);
  work();
  a.join();
  b.join();
  return counter.load(std::memory_order_relaxed) - 3000;
}
