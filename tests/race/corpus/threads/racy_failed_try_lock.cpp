// SPDX-License-Identifier: Apache-2.0
// A try_lock of a std::mutex that fails.
#include <mutex>

#include "../unordered.h"

int value = 0;
std::mutex lock;
int main() {
  thread_turns order;
  both_threads(
      [&] {
        const std::lock_guard hold(lock);
        value = 1;
        order.done(1);
        order.wait(2);
      },
      [&] {
        order.wait(1);
        if (!lock.try_lock()) value = 2;
        order.done(2);
      });
  return 0;
}
