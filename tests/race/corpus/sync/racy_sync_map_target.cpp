// SPDX-License-Identifier: Apache-2.0
// The map orders its entries, not later writes to what they point to.
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::sync_map<int, int*> table;
  in_turn(
      [&] {
        table.store(1, &value);
        value = 1;
      },
      [&] { **table.load(1) = 2; });
  return 0;
}
