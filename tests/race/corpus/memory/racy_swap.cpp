// SPDX-License-Identifier: Apache-2.0
// Swapping writes both.
#include <utility>

#include "../unordered.h"

int one = 1, two = 2;
int main() {
  both([] { std::swap(one, two); }, [] { use(two); });
  return 0;
}
