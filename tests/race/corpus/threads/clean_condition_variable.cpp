// SPDX-License-Identifier: Apache-2.0
// A condition variable hands a value over under its mutex.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex lock;
std::condition_variable changed;
bool is_ready = false;
int value = 0;
int main() {
  std::thread other([] {
    value = 7;
    const std::lock_guard hold(lock);
    is_ready = true;
    changed.notify_one();
  });
  {
    std::unique_lock hold(lock);
    changed.wait(hold, [] { return is_ready; });
  }
  const int seen = value;
  other.join();
  return seen - 7;
}
