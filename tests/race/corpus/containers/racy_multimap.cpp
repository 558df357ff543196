// SPDX-License-Identifier: Apache-2.0
// Two insertions into a multimap.
#include <map>

#include "../unordered.h"

std::multimap<int, int> table;
int main() {
  in_turn([] { table.emplace(1, 1); }, [] { table.emplace(1, 2); });
  return 0;
}
