// SPDX-License-Identifier: Apache-2.0
// Two look-ups.
#include <unordered_map>

#include "../unordered.h"

std::unordered_map<int, int> table{{1, 1}, {2, 2}};
int main() {
  const auto read = [] { use(table.find(1)->second); };
  both(read, read);
  return 0;
}
