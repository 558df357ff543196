// SPDX-License-Identifier: Apache-2.0
// strcpy writes the zero as well.
#include <cstring>

#include "../unordered.h"

char from[] = "gopher";
char into[16];
int main() {
  both([] { std::strcpy(into, from); }, [] { into[6] = 'x'; });
  return 0;
}
