// SPDX-License-Identifier: Apache-2.0
// Copying a vector reads its elements.
#include <vector>

#include "../unordered.h"

std::vector<int> from(100, 7);
int main() {
  both(
      [] {
        const std::vector<int> own = from;
        use(own[99]);
      },
      [] { from[60] = 1; });
  return 0;
}
