// SPDX-License-Identifier: Apache-2.0
// What is written after the one call is not covered by it.
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::once first;
int main() {
  in_turn(
      [] {
        first.call([] {});
        value = 1;
      },
      [] {
        first.call([] {});
        value = 2;
      });
  return 0;
}
