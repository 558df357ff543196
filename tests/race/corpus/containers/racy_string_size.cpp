// SPDX-License-Identifier: Apache-2.0
// resize against size.
#include <string>

#include "../unordered.h"

std::string text(10, 'x');
int main() {
  in_turn([] { use(text.size()); }, [] { text.pop_back(); });
  return 0;
}
