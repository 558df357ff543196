// SPDX-License-Identifier: Apache-2.0
// Constants are read by everybody.
#include "../unordered.h"

const int table[] = {1, 2, 3, 4, 5};
volatile int index = 3;
int main() {
  const auto read = [] { use(table[index]); };
  both(read, read);
  return 0;
}
