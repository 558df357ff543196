// SPDX-License-Identifier: Apache-2.0
// A bit-field of width zero starts a new memory location.
#include "../unordered.h"

struct {
  unsigned char a : 4;
  unsigned char : 0;
  unsigned char b : 4;
} flags;
int main() {
  both([] { flags.a = 1; }, [] { flags.b = 2; });
  return 0;
}
