// SPDX-License-Identifier: Apache-2.0
// The flag is set before the value.
#include <atomic>

#include <vole/go.h>

#include "../unordered.h"

int value = 0;
std::atomic<bool> is_ready = false;
int main() {
  both(
      [] {
        is_ready = true;
        value = 1;
      },
      [] {
        while (!is_ready) vole::yield();
        use(value);
      });
  return 0;
}
