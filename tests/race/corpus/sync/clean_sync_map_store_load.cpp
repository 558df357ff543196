// SPDX-License-Identifier: Apache-2.0
// A load that sees a store is after it.
#include <vole/sync.h>

#include "../unordered.h"

int values[10];
int main() {
  vole::sync_map<int, int*> table;
  both(
      [&] {
        for (int i = 0; i < 10; ++i) {
          values[i] = i;
          table.store(i, &values[i]);
        }
      },
      [&] {
        for (int i = 0; i < 10; ++i)
          if (const auto at = table.load(i)) use(**at);
      });
  return 0;
}
