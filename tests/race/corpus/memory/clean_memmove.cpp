// SPDX-License-Identifier: Apache-2.0
// memmove touches nothing behind its target.
#include <cstring>

#include "../unordered.h"

char buffer[64];
int main() {
  both([] { std::memmove(buffer + 8, buffer, 32); }, [] { buffer[40] = 1; });
  return 0;
}
