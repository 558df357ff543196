// SPDX-License-Identifier: Apache-2.0
// condition_variable_any with a shared mutex.
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "../unordered.h"

int value = 0;
bool is_ready = false;
std::shared_mutex lock;
std::condition_variable_any changed;
int main() {
  both_threads(
      [] {
        std::shared_lock hold(lock);
        changed.wait(hold, [] { return is_ready; });
        use(value);
      },
      [] {
        const std::unique_lock hold(lock);
        value = 1;
        is_ready = true;
        changed.notify_all();
      });
  return 0;
}
