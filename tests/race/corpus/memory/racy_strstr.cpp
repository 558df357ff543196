// SPDX-License-Identifier: Apache-2.0
// strstr reads what it looks for.
#include <cstring>

#include "../unordered.h"

char text[] = "a vole in a burrow", wanted[] = "burrow";
int main() {
  both([] { wanted[2] = 'r'; }, [] { use(std::strstr(text, wanted) != nullptr); });
  return 0;
}
