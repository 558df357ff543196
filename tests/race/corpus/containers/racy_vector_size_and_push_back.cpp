// SPDX-License-Identifier: Apache-2.0
// size() reads what push_back writes.
#include <vector>

#include "../unordered.h"

std::vector<int> list;
int main() {
  list.reserve(4);
  in_turn([] { list.push_back(1); }, [] { use(list.size()); });
  return 0;
}
