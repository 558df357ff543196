// SPDX-License-Identifier: Apache-2.0
// The vector of owners is the race, not what they own.
#include <memory>
#include <vector>

#include "../unordered.h"

std::vector<std::unique_ptr<int>> owners;
int main() {
  owners.reserve(4);
  in_turn([] { owners.push_back(std::make_unique<int>(1)); }, [] { use(owners.empty()); });
  return 0;
}
