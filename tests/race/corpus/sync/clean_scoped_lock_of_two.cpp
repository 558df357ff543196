// SPDX-License-Identifier: Apache-2.0
// Two mutexes at once in either order.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int from = 10, into = 0;
vole::mutex one, two;
int main() {
  both(
      [] {
        const std::scoped_lock hold(one, two);
        --from;
        ++into;
      },
      [] {
        const std::scoped_lock hold(two, one);
        ++from;
        --into;
      });
  return from - 10;
}
