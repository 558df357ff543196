// SPDX-License-Identifier: Apache-2.0
// swap exchanges the pointers, which a reader follows.
#include <vector>

#include "../unordered.h"

std::vector<int> one(4), two(4);
int main() {
  in_turn([] { use(one[1]); }, [] { one.swap(two); });
  return 0;
}
