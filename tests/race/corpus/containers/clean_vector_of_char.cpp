// SPDX-License-Identifier: Apache-2.0
// Elements of a vector<char> are apart.
#include <vector>

#include "../unordered.h"

std::vector<char> flags(16);
int main() {
  both([] { flags[1] = 1; }, [] { flags[2] = 1; });
  return 0;
}
