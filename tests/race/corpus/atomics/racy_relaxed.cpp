// SPDX-License-Identifier: Apache-2.0
// A relaxed flag publishes nothing.
#include <atomic>
#include <thread>

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  std::thread other([] {
    value = 1;
    is_ready.store(true, std::memory_order_relaxed);
  });
  while (!is_ready.load(std::memory_order_relaxed)) std::this_thread::yield();
  const int seen = value;
  other.join();
  return seen == 77;
}
