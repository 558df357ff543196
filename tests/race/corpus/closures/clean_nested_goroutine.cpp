// SPDX-License-Identifier: Apache-2.0
// What was written before the go statement reaches grandchildren.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  int value = 1;
  vole::wait_group all;
  all.go([&] { all.go([&] { use(value); }); });
  all.wait();
  return 0;
}
