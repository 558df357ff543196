// SPDX-License-Identifier: Apache-2.0
// A bit-field and the plain member beside it.
#include "../unordered.h"

struct {
  unsigned char a : 4;
  unsigned char plain;
} flags;
int main() {
  both([] { flags.a = 1; }, [] { flags.plain = 2; });
  return 0;
}
