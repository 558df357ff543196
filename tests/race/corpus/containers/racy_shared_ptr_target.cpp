// SPDX-License-Identifier: Apache-2.0
// What shared_ptrs share is not protected by them.
#include <memory>
#include <utility>

#include "../unordered.h"

int main() {
  auto first = std::make_shared<int>(1);
  auto second = first;
  both([mine = std::move(first)] { *mine = 2; }, [mine = std::move(second)] { *mine = 3; });
  return 0;
}
