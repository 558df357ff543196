// SPDX-License-Identifier: Apache-2.0
// size() of a map against an insertion.
#include <map>

#include "../unordered.h"

std::map<int, int> table;
int main() {
  in_turn([] { table.emplace(1, 1); }, [] { use(table.size()); });
  return 0;
}
