// SPDX-License-Identifier: Apache-2.0
// Detaching orders nothing, and neither does a relaxed flag.
#include <atomic>
#include <thread>

int value = 0;
std::atomic<bool> is_done = false;
int main() {
  std::thread([] {
    value = 1;
    is_done.store(true, std::memory_order_relaxed);
  }).detach();
  while (!is_done.load(std::memory_order_relaxed)) std::this_thread::yield();
  value = 2;
  return 0;
}
