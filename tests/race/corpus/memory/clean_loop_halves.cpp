// SPDX-License-Identifier: Apache-2.0
// Two loops that meet in the middle.
#include "../unordered.h"

int table[1001];
int main() {
  both(
      [] {
        for (int i = 0; i < 501; ++i) table[i] = i;
      },
      [] {
        for (int i = 501; i < 1001; ++i) table[i] = i;
      });
  return 0;
}
