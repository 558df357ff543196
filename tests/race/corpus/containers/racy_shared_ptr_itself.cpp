// SPDX-License-Identifier: Apache-2.0
// One shared_ptr object is no atomic; copies of it are.
#include <memory>

#include "../unordered.h"

std::shared_ptr<int> owner = std::make_shared<int>(1);
int main() {
  in_turn([] { const std::shared_ptr<int> copy = owner; }, [] { owner = nullptr; });
  return 0;
}
