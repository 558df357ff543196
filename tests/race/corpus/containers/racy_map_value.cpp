// SPDX-License-Identifier: Apache-2.0
// Two writers of one value.
#include <map>

#include "../unordered.h"

std::map<int, int> table{{1, 0}, {2, 0}};
int main() {
  both([] { table.at(1) = 1; }, [] { table.at(1) = 2; });
  return 0;
}
