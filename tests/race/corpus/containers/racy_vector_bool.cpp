// SPDX-License-Identifier: Apache-2.0
// Elements of a vector<bool> share words.
#include <vector>

#include "../unordered.h"

std::vector<bool> flags(16);
int main() {
  both([] { flags[1] = true; }, [] { flags[2] = true; });
  return 0;
}
