// SPDX-License-Identifier: Apache-2.0
// The one call is before the return of all the others.
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::once first;
int main() {
  vole::wait_group all;
  for (int i = 0; i < 10; ++i)
    all.go([] {
      first.call([] { value = 42; });
      use(value);
    });
  all.wait();
  return value - 42;
}
