// SPDX-License-Identifier: Apache-2.0
// Only the case that is taken touches anything.
#include "../unordered.h"

int kind = 1, zero = 0, one = 0;
int main() {
  both([] { zero = 5; },
       [] {
         switch (kind) {
           case 0:
             zero = 1;
             break;
           case 1:
             one = 1;
             break;
           default:
             break;
         }
       });
  return 0;
}
