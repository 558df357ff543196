// SPDX-License-Identifier: Apache-2.0
// A loop that writes only where its condition holds.
#include "../unordered.h"

int table[200];
bool is_mine[200];
int main() {
  for (int i = 0; i < 200; ++i) is_mine[i] = i % 3 == 0;
  both(
      [] {
        for (int i = 0; i < 200; ++i)
          if (is_mine[i]) table[i] = i;
      },
      [] {
        for (int i = 0; i < 200; ++i)
          if (!is_mine[i]) table[i] = i;
      });
  return 0;
}
