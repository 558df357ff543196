// SPDX-License-Identifier: Apache-2.0
// Elements of a list.
#include <list>

#include "../unordered.h"

std::list<int> items{1, 2};
int main() {
  both([] { items.front() = 3; }, [] { items.back() = 4; });
  return 0;
}
