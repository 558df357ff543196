// SPDX-License-Identifier: Apache-2.0
// 4 bytes of floating point.
#include "../unordered.h"

float value = 0;
int main() {
  both([] { value += 1.5F; }, [] { value *= 2; });
  return 0;
}
