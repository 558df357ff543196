// SPDX-License-Identifier: Apache-2.0
// A range-for over an array reads each element.
#include "../unordered.h"

int table[8];
int main() {
  both([] { table[7] = 1; },
       [] {
         int sum = 0;
         for (const int one : table) sum += one;
         use(sum);
       });
  return 0;
}
