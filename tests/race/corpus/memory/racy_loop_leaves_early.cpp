// SPDX-License-Identifier: Apache-2.0
// The turn before a loop breaks counts.
#include "../unordered.h"

int table[100];
volatile int last = 50;
int main() {
  both(
      [] {
        for (int i = 0; i < 100; ++i) {
          if (i == last) break;
          table[i] = i;
        }
      },
      [] { table[49] = 1; });
  return 0;
}
