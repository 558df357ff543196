// SPDX-License-Identifier: Apache-2.0
// The race is ten frames down, on both sides.
#include "../unordered.h"

int value = 0;
__attribute__((noinline)) void descend(int depth) {
  if (depth == 0)
    ++value;
  else
    descend(depth - 1);
  use(depth);
}
int main() {
  both([] { descend(10); }, [] { descend(10); });
  return 0;
}
