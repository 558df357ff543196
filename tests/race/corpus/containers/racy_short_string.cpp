// SPDX-License-Identifier: Apache-2.0
// A character of a string that lies in the string.
#include <string>

#include "../unordered.h"

std::string text = "short";
int main() {
  both([] { text[1] = 'x'; }, [] { use(text[1]); });
  return 0;
}
