// SPDX-License-Identifier: Apache-2.0
// One of two goroutines forgets the mutex.
#include <vole/go.h>
#include <vole/sync.h>
#include <mutex>

int value = 0;
int main() {
  vole::mutex lock;
  vole::wait_group all;
  all.go([&] {
    const std::lock_guard hold(lock);
    ++value;
  });
  all.go([&] { ++value; });
  all.wait();
  return 0;
}
