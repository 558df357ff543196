// SPDX-License-Identifier: Apache-2.0
// A loop touches nothing behind the turn at which it breaks.
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
      [] { table[50] = 1; });
  return 0;
}
