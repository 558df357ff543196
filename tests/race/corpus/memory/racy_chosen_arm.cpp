// SPDX-License-Identifier: Apache-2.0
// The arm of ?: that is taken reads.
#include "../unordered.h"

bool first = true;
int one = 1, two = 2;
int main() {
  both([] { one = 3; }, [] { use(first ? one : two); });
  return 0;
}
