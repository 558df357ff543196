// SPDX-License-Identifier: Apache-2.0
// Growth moves the elements: who reads one of the old is late.
#include <vector>

#include "../unordered.h"

std::vector<int> list;
int main() {
  list.assign(4, 1);
  in_turn([] { use(list[2]); }, [] { list.resize(100); });
  return 0;
}
