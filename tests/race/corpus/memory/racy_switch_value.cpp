// SPDX-License-Identifier: Apache-2.0
// What a switch looks at.
#include "../unordered.h"

int kind = 0;
int main() {
  both([] { kind = 2; },
       [] {
         switch (kind) {
           case 0:
             use(10);
             break;
           case 2:
             use(20);
             break;
           default:
             break;
         }
       });
  return 0;
}
