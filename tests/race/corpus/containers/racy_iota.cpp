// SPDX-License-Identifier: Apache-2.0
// std::iota writes everything.
#include <numeric>
#include <vector>

#include "../unordered.h"

std::vector<int> list(100);
int main() {
  both([] { std::iota(list.begin(), list.end(), 0); }, [] { use(list[50]); });
  return 0;
}
