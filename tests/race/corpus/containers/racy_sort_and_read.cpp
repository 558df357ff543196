// SPDX-License-Identifier: Apache-2.0
// Sorting moves elements under a reader.
#include <algorithm>
#include <vector>

#include "../unordered.h"

std::vector<int> list{5, 3, 1, 4, 2};
int main() {
  both([] { std::sort(list.begin(), list.end()); }, [] { use(list[0]); });
  return 0;
}
