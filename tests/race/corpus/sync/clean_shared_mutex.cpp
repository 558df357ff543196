// SPDX-License-Identifier: Apache-2.0
// Readers of a shared_mutex before the next writer, and the writer before later readers.
#include <vole/go.h>
#include <vole/sync.h>
#include <mutex>
#include <shared_mutex>

int main() {
  vole::shared_mutex lock;
  vole::wait_group all;
  int value = 0;
  for (int i = 0; i < 3; ++i) {
    all.go([&] {
      for (int k = 0; k < 50; ++k) {
        {
          const std::shared_lock hold(lock);
          if (value < 0) return;
        }
        const std::lock_guard hold(lock);
        ++value;
      }
    });
  }
  all.wait();
  return value - 150;
}
