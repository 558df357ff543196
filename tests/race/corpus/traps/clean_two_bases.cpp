// SPDX-License-Identifier: Apache-2.0
// Members of two bases.
#include "../unordered.h"

struct left {
  int value = 0;
};
struct right {
  int value = 0;
};
struct both_sides : left, right {};
both_sides one;
int main() {
  both([] { one.left::value = 1; }, [] { one.right::value = 2; });
  return 0;
}
