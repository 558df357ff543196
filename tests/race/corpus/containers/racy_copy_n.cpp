// SPDX-License-Identifier: Apache-2.0
// std::copy_n reads its source.
#include <algorithm>
#include <vector>

#include "../unordered.h"

std::vector<int> from(100), into(100);
int main() {
  both([] { std::copy_n(from.begin(), 50, into.begin()); }, [] { from[49] = 2; });
  return 0;
}
