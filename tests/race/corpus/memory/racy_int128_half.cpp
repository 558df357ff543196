// SPDX-License-Identifier: Apache-2.0
// 16 bytes against the upper 8.
#include <cstring>

#include "../unordered.h"

union word {
  __int128 whole;
  long half[2];
};
word value;
int main() {
  both([] { value.whole = 1; }, [] { value.half[1] = 2; });
  return 0;
}
