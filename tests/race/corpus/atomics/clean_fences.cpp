// SPDX-License-Identifier: Apache-2.0
// A release fence before a relaxed store, an acquire fence after the relaxed load that sees it.
#include <atomic>
#include <thread>

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  std::thread other([] {
    value = 1;
    std::atomic_thread_fence(std::memory_order_release);
    is_ready.store(true, std::memory_order_relaxed);
  });
  while (!is_ready.load(std::memory_order_relaxed)) std::this_thread::yield();
  std::atomic_thread_fence(std::memory_order_acquire);
  const int seen = value;
  other.join();
  return seen - 1;
}
