// SPDX-License-Identifier: Apache-2.0
// std::mutex orders its critical sections.
#include <mutex>
#include <thread>

std::mutex lock;
int value = 0;
void work() {
  for (int i = 0; i < 200; ++i) {
    const std::lock_guard hold(lock);
    ++value;
  }
}
int main() {
  std::thread a(work), b(work);
  a.join();
  b.join();
  return value - 400;
}
