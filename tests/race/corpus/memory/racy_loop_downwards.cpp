// SPDX-License-Identifier: Apache-2.0
// A loop from the end to the start.
#include "../unordered.h"

int table[100];
int main() {
  both(
      [] {
        for (int i = 99; i >= 0; --i) table[i] = i;
      },
      [] { table[0] = 1; });
  return 0;
}
