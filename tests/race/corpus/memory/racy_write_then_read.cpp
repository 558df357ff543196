// SPDX-License-Identifier: Apache-2.0
// The writer comes first.
#include "../unordered.h"

int value = 0;
int main() {
  in_turn([] { value = 1; }, [] { use(value); });
  return 0;
}
