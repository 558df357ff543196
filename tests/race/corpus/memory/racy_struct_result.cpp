// SPDX-License-Identifier: Apache-2.0
// A function's result is written into a global.
#include "../unordered.h"

struct big {
  long part[6];
};
big result;
__attribute__((noinline)) big make(long first) { return {{first, 2, 3, 4, 5, 6}}; }
int main() {
  both([] { result = make(1); }, [] { use(result.part[5]); });
  return 0;
}
