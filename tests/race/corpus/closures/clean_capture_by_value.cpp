// SPDX-License-Identifier: Apache-2.0
// A copy is the goroutine's own.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  int value = 0;
  vole::wait_group all;
  all.go([value] { use(value); });
  value = 2;
  use(value);
  all.wait();
  return 0;
}
