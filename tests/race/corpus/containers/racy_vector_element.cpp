// SPDX-License-Identifier: Apache-2.0
// Two writers of one element.
#include <vector>

#include "../unordered.h"

std::vector<int> list(4);
int main() {
  both([] { list[2] = 1; }, [] { list[2] = 2; });
  return 0;
}
