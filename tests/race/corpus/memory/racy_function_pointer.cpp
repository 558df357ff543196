// SPDX-License-Identifier: Apache-2.0
// A callback is replaced while it is called.
#include "../unordered.h"

int one() { return 1; }
int two() { return 2; }
int (*callback)() = one;
int main() {
  both([] { callback = two; }, [] { use(callback()); });
  return 0;
}
