// SPDX-License-Identifier: Apache-2.0
// A std::mutex on one side, a vole::mutex on the other.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
std::mutex one;
vole::mutex two;
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
