// SPDX-License-Identifier: Apache-2.0
// A goroutine waits for a thread with std's condition variable, whose wait is inside libstdc++.
#include <vole/go.h>
#include <vole/wait_group.h>

#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex lock;
std::condition_variable changed;
bool is_ready = false;
int value = 0;
int main() {
  vole::wait_group waiter;
  int seen = 0;
  waiter.go([&] {
    std::unique_lock hold(lock);
    changed.wait(hold, [] { return is_ready; });
    seen = value;
  });
  std::thread other([] {
    value = 7;
    const std::lock_guard hold(lock);
    is_ready = true;
    changed.notify_one();
  });
  waiter.wait();
  other.join();
  return seen - 7;
}
