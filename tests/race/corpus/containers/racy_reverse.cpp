// SPDX-License-Identifier: Apache-2.0
// std::reverse writes both ends.
#include <algorithm>
#include <vector>

#include "../unordered.h"

std::vector<int> list(100);
int main() {
  both([] { std::reverse(list.begin(), list.end()); }, [] { use(list.back()); });
  return 0;
}
