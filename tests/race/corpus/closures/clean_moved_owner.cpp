// SPDX-License-Identifier: Apache-2.0
// What was moved into the goroutine is the goroutine's.
#include <memory>
#include <utility>

#include <vole/sync.h>

int main() {
  auto owner = std::make_unique<int>(1);
  *owner = 2;
  vole::wait_group all;
  all.go([mine = std::move(owner)] { *mine = 3; });
  all.wait();
  return 0;
}
