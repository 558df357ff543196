// SPDX-License-Identifier: Apache-2.0
// What main writes before the go statement.
#include "../unordered.h"

int table[100];
int main() {
  for (int i = 0; i < 100; ++i) table[i] = i;
  const auto sum = [] {
    int all = 0;
    for (const int one : table) all += one;
    use(all);
  };
  both(sum, sum);
  return 0;
}
