// SPDX-License-Identifier: Apache-2.0
// What comes after the release fence is not covered by it.
#include <atomic>
#include <thread>

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  std::thread other([] {
    std::atomic_thread_fence(std::memory_order_release);
    value = 1;
    is_ready.store(true, std::memory_order_relaxed);
  });
  while (!is_ready.load(std::memory_order_relaxed)) std::this_thread::yield();
  std::atomic_thread_fence(std::memory_order_acquire);
  const int seen = value;
  other.join();
  return seen == 77;
}
