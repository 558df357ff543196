// SPDX-License-Identifier: Apache-2.0
// Bits of a bitset in different words.
#include <bitset>

#include "../unordered.h"

std::bitset<128> bits;
int main() {
  both([] { bits.set(1); }, [] { bits.set(127); });
  return 0;
}
