// SPDX-License-Identifier: Apache-2.0
// Double-checked locking without an atomic.
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

int* instance = nullptr;
int object = 0;
vole::mutex lock;
int get() {
  if (instance == nullptr) {
    const std::lock_guard hold(lock);
    if (instance == nullptr) {
      object = 42;
      instance = &object;
    }
  }
  return *instance;
}
int main() {
  in_turn([] { use(get()); }, [] { use(get()); });
  return 0;
}
