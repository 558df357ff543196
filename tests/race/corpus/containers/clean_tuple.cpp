// SPDX-License-Identifier: Apache-2.0
// Elements of a tuple.
#include <tuple>

#include "../unordered.h"

std::tuple<int, char, long> value;
int main() {
  both([] { std::get<0>(value) = 1; }, [] { std::get<1>(value) = 'x'; });
  return 0;
}
