// SPDX-License-Identifier: Apache-2.0
// The same element counted from either end.
#include "../unordered.h"

int table[10];
int main() {
  both([] { *(table + 6) = 1; }, [] { *(table + 10 - 4) = 2; });
  return 0;
}
