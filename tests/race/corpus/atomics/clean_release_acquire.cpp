// SPDX-License-Identifier: Apache-2.0
// A release store before the acquire load that sees it.
#include <atomic>
#include <thread>

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  std::thread other([] {
    value = 1;
    is_ready.store(true, std::memory_order_release);
  });
  while (!is_ready.load(std::memory_order_acquire)) std::this_thread::yield();
  const int seen = value;
  other.join();
  return seen - 1;
}
