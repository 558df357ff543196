// SPDX-License-Identifier: Apache-2.0
// Two users of what one unique_ptr owns.
#include <memory>

#include "../unordered.h"

std::unique_ptr<int> owner = std::make_unique<int>(1);
int main() {
  both([] { *owner = 2; }, [] { *owner = 3; });
  return 0;
}
