// SPDX-License-Identifier: Apache-2.0
// The 10 bytes of an x87 number; 16 on other machines.
#include "../unordered.h"

long double value = 0;
int main() {
  both([] { value = 1.5L; }, [] { value = value + 2; });
  return 0;
}
