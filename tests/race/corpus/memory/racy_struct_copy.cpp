// SPDX-License-Identifier: Apache-2.0
// The assignment of a whole struct against one of its fields.
#include "../unordered.h"

struct point {
  int x, y, z;
};
point here, there;
int main() {
  both([] { here = there; }, [] { here.y = 2; });
  return 0;
}
