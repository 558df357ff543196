// SPDX-License-Identifier: Apache-2.0
// memmove inside one buffer writes its target.
#include <cstring>

#include "../unordered.h"

char buffer[64];
int main() {
  both([] { std::memmove(buffer + 8, buffer, 32); }, [] { buffer[39] = 1; });
  return 0;
}
