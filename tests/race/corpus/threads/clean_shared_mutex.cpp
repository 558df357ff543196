// SPDX-License-Identifier: Apache-2.0
// std::shared_mutex: writers exclude, readers share.
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex lock;
int value = 0;
void work() {
  for (int i = 0; i < 100; ++i) {
    {
      const std::shared_lock hold(lock);
      if (value < 0) return;
    }
    const std::unique_lock hold(lock);
    ++value;
  }
}
int main() {
  std::thread a(work), b(work), c(work);
  a.join();
  b.join();
  c.join();
  return value - 300;
}
