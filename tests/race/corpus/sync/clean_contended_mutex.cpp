// SPDX-License-Identifier: Apache-2.0
// Many goroutines, one counter, one mutex.
#include <mutex>

#include <vole/sync.h>

int value = 0;
vole::mutex lock;
int main() {
  vole::wait_group all;
  for (int i = 0; i < 20; ++i)
    all.go([] {
      for (int turn = 0; turn < 50; ++turn) {
        const std::lock_guard hold(lock);
        ++value;
      }
    });
  all.wait();
  return value - 1000;
}
