// SPDX-License-Identifier: Apache-2.0
// std::fill_n stops where it is told.
#include <algorithm>
#include <vector>

#include "../unordered.h"

std::vector<long> list(100);
int main() {
  both([] { std::fill_n(list.begin(), 99, 1); }, [] { list[99] = 2; });
  return 0;
}
