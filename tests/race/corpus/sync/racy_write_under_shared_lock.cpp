// SPDX-License-Identifier: Apache-2.0
// A shared lock is for readers.
#include <shared_mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::shared_mutex lock;
int main() {
  const auto add = [] {
    const std::shared_lock hold(lock);
    ++value;
  };
  in_turn(add, add);
  return 0;
}
