// SPDX-License-Identifier: Apache-2.0
// Eight bytes against the last one.
#include "../unordered.h"

union word {
  unsigned long word;
  unsigned char byte[8];
};
word value;
int main() {
  both([] { value.word = 3; }, [] { value.byte[7] = 4; });
  return 0;
}
