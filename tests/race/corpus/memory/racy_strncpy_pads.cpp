// SPDX-License-Identifier: Apache-2.0
// strncpy fills the rest with zeros.
#include <cstring>

#include "../unordered.h"

char into[32];
char from[] = "vole";
int main() {
  both([] { std::strncpy(into, from, 20); }, [] { into[19] = 'x'; });
  return 0;
}
