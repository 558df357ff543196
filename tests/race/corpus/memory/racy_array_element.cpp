// SPDX-License-Identifier: Apache-2.0
// One element of an array, written twice.
#include "../unordered.h"

int table[4];
int main() {
  both([] { table[2] = 1; }, [] { table[2] = 2; });
  return 0;
}
