// SPDX-License-Identifier: Apache-2.0
// One element of a tuple.
#include <tuple>

#include "../unordered.h"

std::tuple<int, char, long> value;
int main() {
  both([] { std::get<2>(value) = 1; }, [] { value = std::make_tuple(1, 'x', 2L); });
  return 0;
}
