// SPDX-License-Identifier: Apache-2.0
// A lock made of compare_exchange; a failed one takes nothing.
#include <atomic>
#include <thread>

std::atomic<int> lock = 0;
int value = 0;
void work() {
  for (int i = 0; i < 200; ++i) {
    int expected = 0;
    while (!lock.compare_exchange_weak(expected, 1, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
      expected = 0;
      std::this_thread::yield();
    }
    ++value;
    lock.store(0, std::memory_order_release);
  }
}
int main() {
  std::thread a(work), b(work);
  a.join();
  b.join();
  return value - 400;
}
