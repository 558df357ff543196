// SPDX-License-Identifier: Apache-2.0
// blocking() orders nothing.
#include <vole/go.h>

#include "../unordered.h"

int value = 0;
int main() {
  in_turn([] { vole::blocking([] { value = 1; }); }, [] { vole::blocking([] { value = 2; }); });
  return 0;
}
