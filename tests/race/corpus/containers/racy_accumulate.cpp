// SPDX-License-Identifier: Apache-2.0
// std::accumulate reads everything.
#include <numeric>
#include <vector>

#include "../unordered.h"

std::vector<int> list(100);
int main() {
  both([] { use(std::accumulate(list.begin(), list.end(), 0)); }, [] { list[50] = 2; });
  return 0;
}
