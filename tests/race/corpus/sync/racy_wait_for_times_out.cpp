// SPDX-License-Identifier: Apache-2.0
// A wait that timed out learns nothing but what the lock tells.
#include <chrono>
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
vole::condition_variable changed;
int main() {
  in_turn([] { value = 1; },
          [] {
            std::unique_lock hold(lock);
            changed.wait_for(hold, std::chrono::milliseconds(1));
            value = 2;
          });
  return 0;
}
