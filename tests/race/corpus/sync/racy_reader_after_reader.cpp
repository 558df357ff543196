// SPDX-License-Identifier: Apache-2.0
// Two readers who write something else besides.
#include <shared_mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0, seen = 0;
vole::shared_mutex lock;
int main() {
  const auto read = [] {
    const std::shared_lock hold(lock);
    seen = value;
  };
  in_turn(read, read);
  return 0;
}
