// SPDX-License-Identifier: Apache-2.0
// memcmp stops at the first difference.
#include <cstring>

#include "../unordered.h"

char one[32] = "vole", two[32] = "vale";
int main() {
  both([] { one[20] = 1; }, [] { use(std::memcmp(one, two, 32)); });
  return 0;
}
