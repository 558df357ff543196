// SPDX-License-Identifier: Apache-2.0
// A character of a string.
#include <string>

#include "../unordered.h"

std::string text = "a string that is long enough for the heap";
int main() {
  both([] { text[9] = 'x'; }, [] { use(text[9]); });
  return 0;
}
