// SPDX-License-Identifier: Apache-2.0
// The condition of an if reads.
#include "../unordered.h"

int value = 0, reached = 0;
int main() {
  both([] { value = 1; },
       [] {
         if (value == 0) reached = 1;
       });
  return 0;
}
