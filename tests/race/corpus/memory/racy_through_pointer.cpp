// SPDX-License-Identifier: Apache-2.0
// Two names for one integer.
#include "../unordered.h"

int value = 0;
int* alias = &value;
int main() {
  both([] { *alias = 1; }, [] { value = 2; });
  return 0;
}
