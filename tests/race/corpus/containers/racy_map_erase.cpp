// SPDX-License-Identifier: Apache-2.0
// Erasing against reading the value erased.
#include <map>

#include "../unordered.h"

std::map<int, int> table{{1, 5}, {2, 6}};
int main() {
  in_turn([] { use(table.find(1)->second); }, [] { table.erase(1); });
  return 0;
}
