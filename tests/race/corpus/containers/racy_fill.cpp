// SPDX-License-Identifier: Apache-2.0
// std::fill against one element.
#include <algorithm>
#include <vector>

#include "../unordered.h"

std::vector<long> list(100);
int main() {
  both([] { std::fill(list.begin(), list.end(), 1); }, [] { list[99] = 2; });
  return 0;
}
