// SPDX-License-Identifier: Apache-2.0
// A writer waits for readers, and learns their past.
#include <mutex>
#include <shared_mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::shared_mutex lock;
int main() {
  in_turn(
      [] {
        const std::shared_lock hold(lock);
        use(value);
      },
      [] {
        const std::unique_lock hold(lock);
        value = 1;
      });
  return 0;
}
