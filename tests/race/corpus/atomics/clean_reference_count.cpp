// SPDX-License-Identifier: Apache-2.0
// Release on the way down, acquire for the last: the count of a shared object.
#include <atomic>

#include <vole/sync.h>

#include "../unordered.h"

struct object {
  std::atomic<int> owners = 3;
  int value = 0;
};
void drop(object* one) {
  if (one->owners.fetch_sub(1, std::memory_order_release) == 1) {
    std::atomic_thread_fence(std::memory_order_acquire);
    use(one->value);
    delete one;
  }
}
int main() {
  auto* const one = new object;
  vole::wait_group all;
  for (int i = 0; i < 3; ++i)
    all.go([one, i] {
      if (i == 0) one->value = 1;
      drop(one);
    });
  all.wait();
  return 0;
}
