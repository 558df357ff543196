// SPDX-License-Identifier: Apache-2.0
// The second of a pair.
#include <utility>

#include "../unordered.h"

std::pair<int, int> value;
int main() {
  both([] { value = {1, 2}; }, [] { use(value.second); });
  return 0;
}
