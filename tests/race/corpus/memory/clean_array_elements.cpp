// SPDX-License-Identifier: Apache-2.0
// Neighbouring elements of an array.
#include "../unordered.h"

int table[4];
int main() {
  both([] { table[1] = 1; }, [] { table[2] = 2; });
  return 0;
}
