// SPDX-License-Identifier: Apache-2.0
// An atomic too large for an instruction still publishes.
#include <atomic>
#include <thread>

struct triple {
  long a = 0, b = 0, c = 0;
};
std::atomic<triple> shared;
long value = 0;
int main() {
  std::thread other([] {
    value = 5;
    shared.store({1, 2, 3}, std::memory_order_release);
  });
  while (shared.load(std::memory_order_acquire).a == 0) std::this_thread::yield();
  const long seen = value;
  other.join();
  return static_cast<int>(seen - 5);
}
