// SPDX-License-Identifier: Apache-2.0
// strcat writes nothing before the end of its target.
#include <cstring>

#include "../unordered.h"

char into[32] = "vole ";
char from[] = "burrow";
int main() {
  both([] { std::strcat(into, from); }, [] { use(into[2]); });
  return 0;
}
