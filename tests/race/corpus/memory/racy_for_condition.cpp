// SPDX-License-Identifier: Apache-2.0
// The limit of a loop is read at each turn.
#include "../unordered.h"

int limit = 3, total = 0;
int main() {
  both([] { limit = 4; },
       [] {
         for (int i = 0; i < limit; ++i) total += i;
       });
  return 0;
}
