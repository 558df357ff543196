// SPDX-License-Identifier: Apache-2.0
// A container moved into the goroutine takes its heap along.
#include <utility>
#include <vector>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  std::vector<int> list(100, 1);
  vole::wait_group all;
  all.go([list = std::move(list)]() mutable {
    list[50] = 2;
    use(list[50]);
  });
  all.wait();
  return 0;
}
