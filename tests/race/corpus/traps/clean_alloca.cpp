// SPDX-License-Identifier: Apache-2.0
// Memory of alloca is the frame's.
#include "../unordered.h"

int main() {
  const auto work = [] {
    auto* const own = static_cast<int*>(__builtin_alloca(64 * sizeof(int)));
    for (int i = 0; i < 64; ++i) own[i] = i;
    use(own[63]);
  };
  both(work, work);
  return 0;
}
