// SPDX-License-Identifier: Apache-2.0
// Another thread's relaxed store ends the release sequence.
#include <atomic>
#include <thread>

int value = 0;
std::atomic<int> stage = 0;
int main() {
  std::thread a([] {
    value = 1;
    stage.store(1, std::memory_order_release);
  });
  std::thread b([] {
    while (stage.load(std::memory_order_relaxed) != 1) std::this_thread::yield();
    stage.store(2, std::memory_order_relaxed);
  });
  while (stage.load(std::memory_order_relaxed) != 2) std::this_thread::yield();
  (void)stage.load(std::memory_order_acquire);
  const int seen = value;
  a.join();
  b.join();
  return seen == 77;
}
