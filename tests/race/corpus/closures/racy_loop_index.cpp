// SPDX-License-Identifier: Apache-2.0
// All goroutines see the one index of the loop.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::wait_group all;
  for (int i = 0; i < 4; ++i) all.go([&i] { use(i); });
  all.wait();
  return 0;
}
