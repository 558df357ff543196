// SPDX-License-Identifier: Apache-2.0
// Eight bytes against the last one.
#include "../unordered.h"

union {
  unsigned long word;
  unsigned char byte[8];
} value;
int main() {
  both([] { value.word = 3; }, [] { value.byte[7] = 4; });
  return 0;
}
