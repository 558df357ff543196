// SPDX-License-Identifier: Apache-2.0
// Each thread has its own.
#include "../unordered.h"

thread_local int own = 0;
int main() {
  const auto count = [] {
    for (int i = 0; i < 10; ++i) ++own;
    use(own);
  };
  both_threads(count, count);
  return 0;
}
