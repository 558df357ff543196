// SPDX-License-Identifier: Apache-2.0
// clear() against an iteration.
#include <vector>

#include "../unordered.h"

std::vector<int> list(4);
int main() {
  in_turn(
      [] {
        for (const int one : list) use(one);
      },
      [] { list.clear(); });
  return 0;
}
