// SPDX-License-Identifier: Apache-2.0
// A getter that returns a reference.
#include "../unordered.h"

int hidden = 0;
__attribute__((noinline)) int& get() { return hidden; }
int main() {
  both([] { get() = 1; }, [] { use(get()); });
  return 0;
}
