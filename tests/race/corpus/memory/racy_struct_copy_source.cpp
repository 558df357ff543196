// SPDX-License-Identifier: Apache-2.0
// Copying a struct reads each of its fields.
#include "../unordered.h"

struct point {
  int x, y, z;
};
point here, there;
int main() {
  both([] { here = there; }, [] { there.z = 2; });
  return 0;
}
