// SPDX-License-Identifier: Apache-2.0
// Double-checked locking with an atomic that acquires.
#include <atomic>
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

std::atomic<int*> instance = nullptr;
int object = 0;
vole::mutex lock;
int get() {
  int* at = instance.load(std::memory_order_acquire);
  if (at == nullptr) {
    const std::lock_guard hold(lock);
    at = instance.load(std::memory_order_relaxed);
    if (at == nullptr) {
      object = 42;
      instance.store(at = &object, std::memory_order_release);
    }
  }
  return *at;
}
int main() {
  in_turn([] { use(get()); }, [] { use(get()); });
  return 0;
}
