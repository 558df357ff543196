// SPDX-License-Identifier: Apache-2.0
// Clearing a table of buckets against a look-up (after etcd 9446).
#include <unordered_map>

#include "../unordered.h"

std::unordered_map<int, int> table{{1, 1}, {2, 2}};
int main() {
  in_turn([] { use(table.find(1)->second); }, [] { table.clear(); });
  return 0;
}
