// SPDX-License-Identifier: Apache-2.0
// Stacks of goroutines that ended serve others.
#include <vole/sync.h>

#include "../unordered.h"

__attribute__((noinline)) int deep(int depth) {
  volatile int local[32];
  for (int i = 0; i < 32; ++i) local[i] = depth;
  return depth == 0 ? local[0] : deep(depth - 1) + local[31];
}
int main() {
  for (int round = 0; round < 10; ++round) {
    vole::wait_group all;
    for (int i = 0; i < 20; ++i) all.go([] { use(deep(20)); });
    all.wait();
  }
  return 0;
}
