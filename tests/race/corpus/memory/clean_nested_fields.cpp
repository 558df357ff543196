// SPDX-License-Identifier: Apache-2.0
// Two fields of 2 bytes, side by side inside a struct inside a struct.
#include "../unordered.h"

struct inner {
  short a, b;
};
struct outer {
  long first;
  inner in;
};
outer one;
int main() {
  both([] { one.in.a = 1; }, [] { one.in.b = 1; });
  return 0;
}
