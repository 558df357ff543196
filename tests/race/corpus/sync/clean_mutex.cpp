// SPDX-License-Identifier: Apache-2.0
// vole::mutex orders its critical sections.
#include <vole/go.h>
#include <vole/sync.h>
#include <mutex>

int main() {
  vole::mutex lock;
  vole::wait_group all;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    all.go([&] {
      for (int k = 0; k < 100; ++k) {
        const std::lock_guard hold(lock);
        ++value;
      }
    });
  }
  all.wait();
  return value - 400;
}
