// SPDX-License-Identifier: Apache-2.0
// strlen reads nothing behind the zero.
#include <cstring>

#include "../unordered.h"

char text[16] = "vole";
int main() {
  both([] { text[5] = 'x'; }, [] { use(std::strlen(text)); });
  return 0;
}
