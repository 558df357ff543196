// SPDX-License-Identifier: Apache-2.0
// Setting an optional against asking it.
#include <optional>

#include "../unordered.h"

std::optional<int> maybe;
int main() {
  both([] { maybe = 1; }, [] { use(maybe.has_value()); });
  return 0;
}
