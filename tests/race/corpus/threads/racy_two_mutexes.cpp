// SPDX-License-Identifier: Apache-2.0
// Two different mutexes protect nothing.
#include <mutex>
#include <thread>

std::mutex one, two;
int value = 0;
int main() {
  std::thread other([] {
    const std::lock_guard hold(one);
    ++value;
  });
  {
    const std::lock_guard hold(two);
    ++value;
  }
  other.join();
  return 0;
}
