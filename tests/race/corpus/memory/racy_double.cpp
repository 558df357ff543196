// SPDX-License-Identifier: Apache-2.0
// 8 bytes of floating point.
#include "../unordered.h"

double value = 0;
int main() {
  both([] { value = 1.5; }, [] { value = 2.5; });
  return 0;
}
