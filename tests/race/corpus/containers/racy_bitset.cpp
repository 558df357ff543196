// SPDX-License-Identifier: Apache-2.0
// Bits of a bitset share words.
#include <bitset>

#include "../unordered.h"

std::bitset<64> bits;
int main() {
  both([] { bits.set(1); }, [] { bits.set(63); });
  return 0;
}
