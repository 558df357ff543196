// SPDX-License-Identifier: Apache-2.0
// The reader comes first.
#include "../unordered.h"

int value = 0;
int main() {
  in_turn([] { use(value); }, [] { value = 1; });
  return 0;
}
