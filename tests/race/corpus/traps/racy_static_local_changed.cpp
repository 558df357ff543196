// SPDX-License-Identifier: Apache-2.0
// What is changed after a static local's initialization is not covered by its guard.
#include "../unordered.h"

int& get() {
  static int only = 1;
  return only;
}
int main() {
  both([] { get() = 2; }, [] { use(get()); });
  return 0;
}
