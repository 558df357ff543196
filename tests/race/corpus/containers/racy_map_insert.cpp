// SPDX-License-Identifier: Apache-2.0
// Two insertions into a map.
#include <map>

#include "../unordered.h"

std::map<int, int> table;
int main() {
  in_turn([] { table[1] = 1; }, [] { table[2] = 2; });
  return 0;
}
