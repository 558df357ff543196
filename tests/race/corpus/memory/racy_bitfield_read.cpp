// SPDX-License-Identifier: Apache-2.0
// Reading a bit-field reads the byte of its neighbour.
#include "../unordered.h"

struct {
  unsigned a : 4;
  unsigned b : 4;
} flags;
int main() {
  both([] { flags.a = 1; }, [] { use(flags.b); });
  return 0;
}
