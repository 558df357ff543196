// SPDX-License-Identifier: Apache-2.0
// One byte.
#include "../unordered.h"

bool value = false;
int main() {
  both([] { value = true; }, [] { use(value); });
  return 0;
}
