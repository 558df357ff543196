// SPDX-License-Identifier: Apache-2.0
// += reads and writes.
#include "../unordered.h"

int value = 0;
int main() {
  both([] { value += 2; }, [] { use(value); });
  return 0;
}
