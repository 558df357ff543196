// SPDX-License-Identifier: Apache-2.0
// The step of a loop writes.
#include "../unordered.h"

int i = 0;
int main() {
  both([] { use(i); },
       [] {
         for (; i < 1; ++i) use(1);
       });
  return 0;
}
