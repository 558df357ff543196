// SPDX-License-Identifier: Apache-2.0
// A try_lock that succeeds is a lock.
#include <mutex>

#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
int main() {
  in_turn(
      [] {
        const std::lock_guard hold(lock);
        value = 1;
      },
      [] {
        while (!lock.try_lock()) vole::yield();
        value = 2;
        lock.unlock();
      });
  return 0;
}
