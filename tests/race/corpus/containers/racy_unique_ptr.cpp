// SPDX-License-Identifier: Apache-2.0
// A unique_ptr is replaced under a reader.
#include <memory>

#include "../unordered.h"

std::unique_ptr<int> owner = std::make_unique<int>(1);
int main() {
  in_turn([] { use(*owner); }, [] { owner = std::make_unique<int>(2); });
  return 0;
}
