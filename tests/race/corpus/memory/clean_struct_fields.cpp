// SPDX-License-Identifier: Apache-2.0
// Two fields of one struct.
#include "../unordered.h"

struct {
  int x, y;
} here;
int main() {
  both([] { here.x = 1; }, [] { here.y = 2; });
  return 0;
}
