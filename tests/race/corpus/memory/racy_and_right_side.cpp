// SPDX-License-Identifier: Apache-2.0
// The right side of && is evaluated here.
#include "../unordered.h"

bool left = true, right = false;
int main() {
  both([] { right = true; },
       [] {
         if (left && right) use(1);
       });
  return 0;
}
