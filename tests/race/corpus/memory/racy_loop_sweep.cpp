// SPDX-License-Identifier: Apache-2.0
// A loop over an array against one element in its middle.
#include "../unordered.h"

int table[1000];
int main() {
  both(
      [] {
        for (int i = 0; i < 1000; ++i) table[i] = i;
      },
      [] { table[501] = 1; });
  return 0;
}
