// SPDX-License-Identifier: Apache-2.0
// try_lock_for that gets the lock.
#include <chrono>
#include <mutex>

#include "../unordered.h"

int value = 0;
std::timed_mutex lock;
int main() {
  const auto add = [] {
    while (!lock.try_lock_for(std::chrono::seconds(1))) {
    }
    ++value;
    lock.unlock();
  };
  both_threads(add, add);
  return value - 2;
}
