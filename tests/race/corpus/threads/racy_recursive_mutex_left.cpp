// SPDX-License-Identifier: Apache-2.0
// After the outer unlock nothing is protected.
#include <mutex>

#include "../unordered.h"

int value = 0;
std::recursive_mutex lock;
int main() {
  threads_in_turn(
      [] {
        lock.lock();
        lock.lock();
        lock.unlock();
        lock.unlock();
        value = 1;
      },
      [] {
        const std::lock_guard hold(lock);
        value = 2;
      });
  return 0;
}
