// SPDX-License-Identifier: Apache-2.0
// try_lock_for that gives up orders nothing.
#include <chrono>
#include <mutex>

#include "../unordered.h"

int value = 0;
std::timed_mutex lock;
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
        if (!lock.try_lock_for(std::chrono::milliseconds(1))) value = 2;
        order.done(2);
      });
  return 0;
}
