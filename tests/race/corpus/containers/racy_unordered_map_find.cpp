// SPDX-License-Identifier: Apache-2.0
// A look-up against an insertion.
#include <unordered_map>

#include "../unordered.h"

std::unordered_map<int, int> table;
int main() {
  in_turn([] { table[1] = 1; }, [] { use(table.count(1)); });
  return 0;
}
