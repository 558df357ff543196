// SPDX-License-Identifier: Apache-2.0
// Writing what is there already is a write.
#include "../unordered.h"

int value = 1;
int main() {
  both([] { value = 1; }, [] { use(value); });
  return 0;
}
