// SPDX-License-Identifier: Apache-2.0
// A loop that never turns touches nothing.
#include "../unordered.h"

int table[10];
volatile int count = 0;
int main() {
  both(
      [] {
        for (int i = 0; i < count; ++i) table[i] = i;
      },
      [] { table[0] = 1; });
  return 0;
}
