// SPDX-License-Identifier: Apache-2.0
// memchr reads up to what it finds.
#include <cstring>

#include "../unordered.h"

char text[] = "burrow";
int main() {
  both([] { text[1] = 'x'; }, [] { use(std::memchr(text, 'w', 6) != nullptr); });
  return 0;
}
