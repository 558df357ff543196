// SPDX-License-Identifier: Apache-2.0
// Ten million releases lie between the two accesses: the race is still found.
#include <atomic>
#include <thread>
#include "../unordered.h"

int value = 0;
std::atomic<int> busy = 0;
int main() {
  thread_turns order;
  std::thread other([&] {
    value = 1;
    order.done(1);
  });
  order.wait(1);
  other.detach();
  for (int i = 0; i < 10'000'000; ++i) busy.store(i, std::memory_order_release);
  value = 2;
  return 0;
}
