// SPDX-License-Identifier: Apache-2.0
// The default order publishes.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  both(
      [] {
        value = 1;
        is_ready = true;
      },
      [] {
        while (!is_ready) vole::yield();
        use(value);
      });
  return 0;
}
