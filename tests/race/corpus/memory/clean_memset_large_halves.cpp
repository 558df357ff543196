// SPDX-License-Identifier: Apache-2.0
// Two memsets that meet at an odd byte.
#include <cstdlib>
#include <cstring>

#include "../unordered.h"

char* buffer = nullptr;
int main() {
  buffer = static_cast<char*>(std::malloc(1 << 20));
  both([] { std::memset(buffer, 1, 500003); },
       [] { std::memset(buffer + 500003, 2, (1 << 20) - 500003); });
  std::free(buffer);
  return 0;
}
