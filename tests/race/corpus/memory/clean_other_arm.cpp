// SPDX-License-Identifier: Apache-2.0
// The arm of ?: that is not taken is not read.
#include "../unordered.h"

volatile bool first = true;
volatile int one = 1, two = 2;
int main() {
  both([] { two = 3; }, [] { use(first ? one : two); });
  return 0;
}
