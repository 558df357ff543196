// SPDX-License-Identifier: Apache-2.0
// memcmp reads both sides.
#include <cstring>

#include "../unordered.h"

char one[32], two[32];
int main() {
  both([] { one[3] = 1; }, [] { use(std::memcmp(one, two, 32)); });
  return 0;
}
