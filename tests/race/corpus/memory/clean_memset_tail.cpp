// SPDX-License-Identifier: Apache-2.0
// memset of 13 bytes against the fourteenth.
#include <cstring>

#include "../unordered.h"

char buffer[16];
int main() {
  both([] { std::memset(buffer, 1, 13); }, [] { buffer[13] = 2; });
  return 0;
}
