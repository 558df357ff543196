// SPDX-License-Identifier: Apache-2.0
// A std::mutex orders goroutines as it orders threads.
#include <mutex>

#include <vole/sync.h>

int value = 0;
std::mutex lock;
int main() {
  vole::wait_group all;
  for (int i = 0; i < 10; ++i)
    all.go([] {
      const std::lock_guard hold(lock);
      ++value;
    });
  all.wait();
  return value - 10;
}
