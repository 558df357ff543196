// SPDX-License-Identifier: Apache-2.0
// What shared_ptrs share is not protected by them.
#include <memory>

#include "../unordered.h"

int main() {
  const auto first = std::make_shared<int>(1);
  const auto second = first;
  both([first] { *first = 2; }, [second] { *second = 3; });
  return 0;
}
