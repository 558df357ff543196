// SPDX-License-Identifier: Apache-2.0
// A variant changes its kind under a reader.
#include <variant>

#include "../unordered.h"

std::variant<int, double> value;
int main() {
  both([] { value = 1.5; }, [] { use(std::get_if<int>(&value) != nullptr); });
  return 0;
}
