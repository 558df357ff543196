// SPDX-License-Identifier: Apache-2.0
// A view does not own what it shows.
#include <string>
#include <string_view>

#include "../unordered.h"

std::string text(40, 'x');
std::string_view view = text;
int main() {
  both([] { text[20] = 'y'; }, [] { use(view[20]); });
  return 0;
}
