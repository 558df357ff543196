// SPDX-License-Identifier: Apache-2.0
// A field of a struct inside a struct against a copy of the outer one.
#include "../unordered.h"

struct inner {
  short a, b;
};
struct outer {
  long first;
  inner in;
};
outer one, two;
int main() {
  both([] { two = one; }, [] { one.in.b = 1; });
  return 0;
}
