// SPDX-License-Identifier: Apache-2.0
// Moving from a vector writes it.
#include <utility>
#include <vector>

#include "../unordered.h"

std::vector<int> one(4);
int main() {
  in_turn([] { use(one.size()); }, [] { const std::vector<int> taken = std::move(one); });
  return 0;
}
