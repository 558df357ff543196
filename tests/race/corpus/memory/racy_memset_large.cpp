// SPDX-License-Identifier: Apache-2.0
// A write in the middle of a memset over many pages.
#include <cstdlib>
#include <cstring>

#include "../unordered.h"

char* buffer = nullptr;
int main() {
  buffer = static_cast<char*>(std::malloc(1 << 20));
  both([] { std::memset(buffer, 1, 1 << 20); }, [] { buffer[700001] = 2; });
  std::free(buffer);
  return 0;
}
