// SPDX-License-Identifier: Apache-2.0
// Each side holds a mutex, but not the same.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex one, two;
int main() {
  in_turn(
      [] {
        const std::lock_guard hold(one);
        ++value;
      },
      [] {
        const std::lock_guard hold(two);
        ++value;
      });
  return 0;
}
