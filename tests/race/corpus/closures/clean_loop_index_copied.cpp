// SPDX-License-Identifier: Apache-2.0
// Each goroutine has its index.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::wait_group all;
  for (int i = 0; i < 4; ++i) all.go([i] { use(i); });
  all.wait();
  return 0;
}
