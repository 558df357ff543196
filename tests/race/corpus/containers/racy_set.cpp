// SPDX-License-Identifier: Apache-2.0
// Two insertions into a set.
#include <set>

#include "../unordered.h"

std::set<int> known;
int main() {
  in_turn([] { known.insert(1); }, [] { known.insert(2); });
  return 0;
}
