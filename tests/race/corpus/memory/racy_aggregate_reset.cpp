// SPDX-License-Identifier: Apache-2.0
// = {} writes every member.
#include "../unordered.h"

struct record {
  long a, b, c, d, e, f;
};
record one;
int main() {
  both([] { one = {}; }, [] { use(one.f); });
  return 0;
}
