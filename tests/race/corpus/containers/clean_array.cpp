// SPDX-License-Identifier: Apache-2.0
// Elements of a std::array.
#include <array>

#include "../unordered.h"

std::array<int, 4> list{};
int main() {
  both([] { list[0] = 1; }, [] { list[3] = 2; });
  return 0;
}
