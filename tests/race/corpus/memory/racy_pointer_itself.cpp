// SPDX-License-Identifier: Apache-2.0
// The pointer is written while it is followed; what it points to is not the race.
#include "../unordered.h"

int one = 1, two = 2;
int* current = &one;
int main() {
  both([] { current = &two; }, [] { use(*current); });
  return 0;
}
