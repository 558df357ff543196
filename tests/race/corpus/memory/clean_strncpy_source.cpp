// SPDX-License-Identifier: Apache-2.0
// strncpy reads its source up to the zero.
#include <cstring>

#include "../unordered.h"

char into[32];
char from[32] = "vole";
int main() {
  both([] { std::strncpy(into, from, 20); }, [] { from[5] = 'x'; });
  return 0;
}
