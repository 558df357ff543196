// SPDX-License-Identifier: Apache-2.0
// strcat reads up to the end of its target, and writes there.
#include <cstring>

#include "../unordered.h"

char into[32] = "vole ";
char from[] = "burrow";
int main() {
  in_turn([] { std::strcat(into, from); }, [] { use(into[8]); });
  return 0;
}
