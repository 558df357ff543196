// SPDX-License-Identifier: Apache-2.0
// A std::array is its elements.
#include <array>

#include "../unordered.h"

std::array<int, 4> list{};
int main() {
  both([] { list.at(3) = 1; }, [] { list.fill(2); });
  return 0;
}
