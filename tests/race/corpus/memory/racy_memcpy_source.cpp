// SPDX-License-Identifier: Apache-2.0
// memcpy reads its source.
#include <cstring>

#include "../unordered.h"

char from[64], into[64];
int main() {
  both([] { std::memcpy(into, from, 48); }, [] { from[47] = 1; });
  return 0;
}
