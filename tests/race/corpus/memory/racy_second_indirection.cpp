// SPDX-License-Identifier: Apache-2.0
// The inner pointer of two races.
#include "../unordered.h"

int one = 1, two = 2;
int* inner = &one;
int** outer = &inner;
int main() {
  both([] { *outer = &two; }, [] { use(**outer); });
  return 0;
}
