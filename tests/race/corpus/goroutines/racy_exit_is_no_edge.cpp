// SPDX-License-Identifier: Apache-2.0
// A goroutine's end orders nothing, even if its going is noticed.
#include <vole/go.h>

int value = 0;
int main() {
  vole::go([] { value = 1; });
  while (vole::num_goroutine() != 1) vole::yield();
  value = 2;
  return 0;
}
