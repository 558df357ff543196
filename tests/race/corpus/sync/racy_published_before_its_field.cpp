// SPDX-License-Identifier: Apache-2.0
// The object is in use before its constructor has set the last field (after grpc 3090).
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

struct wrapper {
  int* resolver = nullptr;
  vole::mutex lock;
};
int target = 0;
int main() {
  wrapper one;
  vole::wait_group all;
  all.go([&] {
    const std::lock_guard hold(one.lock);
    use(one.resolver == nullptr);
  });
  one.resolver = &target;
  all.wait();
  return 0;
}
