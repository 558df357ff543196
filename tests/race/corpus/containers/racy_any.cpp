// SPDX-License-Identifier: Apache-2.0
// An any is replaced under a reader.
#include <any>

#include "../unordered.h"

std::any value = 1;
int main() {
  in_turn([] { use(value.has_value()); }, [] { value = 2.5; });
  return 0;
}
