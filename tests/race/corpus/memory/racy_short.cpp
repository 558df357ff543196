// SPDX-License-Identifier: Apache-2.0
// Two bytes.
#include "../unordered.h"

short value = 0;
int main() {
  both([] { value = 3; }, [] { value = 4; });
  return 0;
}
