// SPDX-License-Identifier: Apache-2.0
// Even elements here, odd ones there.
#include "../unordered.h"

int table[200];
int main() {
  both(
      [] {
        for (int i = 0; i < 200; i += 2) table[i] = i;
      },
      [] {
        for (int i = 1; i < 200; i += 2) table[i] = i;
      });
  return 0;
}
