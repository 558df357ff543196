// SPDX-License-Identifier: Apache-2.0
// Two goroutines copy one vector.
#include <vector>

#include "../unordered.h"

std::vector<int> from(100, 7);
int main() {
  const auto copy = [] {
    const std::vector<int> own = from;
    use(own[99]);
  };
  both(copy, copy);
  return 0;
}
