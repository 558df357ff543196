// SPDX-License-Identifier: Apache-2.0
// Writing under a shared lock races with the other readers.
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex lock;
int value = 0;
void work() {
  const std::shared_lock hold(lock);
  ++value;
}
int main() {
  std::thread a(work), b(work);
  a.join();
  b.join();
  return 0;
}
