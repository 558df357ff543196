// SPDX-License-Identifier: Apache-2.0
// strlen reads up to the zero.
#include <cstring>

#include "../unordered.h"

char text[] = "burrow";
int main() {
  both([] { text[2] = 'x'; }, [] { use(std::strlen(text)); });
  return 0;
}
