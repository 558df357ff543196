// SPDX-License-Identifier: Apache-2.0
// strchr reads up to what it finds.
#include <cstring>

#include "../unordered.h"

char text[] = "burrow";
int main() {
  both([] { text[1] = 'x'; }, [] { use(std::strchr(text, 'w') != nullptr); });
  return 0;
}
