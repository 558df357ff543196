// SPDX-License-Identifier: Apache-2.0
// Different integers reached through the same pointers.
#include "../unordered.h"

int pair[2];
int* inner = pair;
int** outer = &inner;
int main() {
  both([] { (*outer)[0] = 1; }, [] { (*outer)[1] = 2; });
  return 0;
}
