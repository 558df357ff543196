// SPDX-License-Identifier: Apache-2.0
// 16 bytes in one access.
#include "../unordered.h"

__int128 value = 0;
int main() {
  both([] { value = 1; }, [] { value += 2; });
  return 0;
}
