// SPDX-License-Identifier: Apache-2.0
// A writer that waited for a thousand readers.
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::wait_group readers;
  for (int i = 0; i < 1000; ++i) readers.go([] { use(value); });
  readers.wait();
  value = 1;
  return 0;
}
