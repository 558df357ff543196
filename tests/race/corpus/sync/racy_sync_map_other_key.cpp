// SPDX-License-Identifier: Apache-2.0
// A store of one key orders no load of another.
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::sync_map<int, int> table;
  table.store(2, 0);
  in_turn(
      [&] {
        value = 1;
        table.store(1, 1);
      },
      [&] {
        use(table.load(2).has_value());
        value = 2;
      });
  return 0;
}
