// SPDX-License-Identifier: Apache-2.0
// The predicate's variable is written without the lock.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

bool is_ready = false;
vole::mutex lock;
vole::condition_variable changed;
int main() {
  in_turn([] { is_ready = true; },
          [] {
            std::unique_lock hold(lock);
            changed.wait(hold, [] { return is_ready; });
          });
  return 0;
}
