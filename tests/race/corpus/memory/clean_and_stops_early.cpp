// SPDX-License-Identifier: Apache-2.0
// The right side of && is not evaluated: nothing reads it.
#include "../unordered.h"

bool left = false;
int right = 0;
int main() {
  both([] { right = 1; },
       [] {
         if (left && right == 1) use(1);
       });
  return 0;
}
