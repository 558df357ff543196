// SPDX-License-Identifier: Apache-2.0
// The classic wait for a predicate.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
bool is_ready = false;
vole::mutex lock;
vole::condition_variable changed;
int main() {
  both(
      [] {
        std::unique_lock hold(lock);
        changed.wait(hold, [] { return is_ready; });
        use(value);
      },
      [] {
        value = 1;
        {
          const std::lock_guard hold(lock);
          is_ready = true;
        }
        changed.notify_one();
      });
  return 0;
}
