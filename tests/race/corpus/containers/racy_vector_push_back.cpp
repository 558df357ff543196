// SPDX-License-Identifier: Apache-2.0
// Two push_backs, one after the other in time.
#include <vector>

#include "../unordered.h"

std::vector<int> list;
int main() {
  list.reserve(4);
  in_turn([] { list.push_back(1); }, [] { list.push_back(2); });
  return 0;
}
