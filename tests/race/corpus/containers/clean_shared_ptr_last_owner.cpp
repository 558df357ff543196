// SPDX-License-Identifier: Apache-2.0
// Who drops the last copy destroys what the others wrote before they dropped theirs.
#include <memory>
#include <utility>

#include "../unordered.h"

struct box {
  int value = 0;
  ~box() { use(value); }
};
int main() {
  auto first = std::make_shared<box>();
  auto second = first;
  both(
      [mine = std::move(first)]() mutable {
        mine->value = 1;
        mine.reset();
      },
      [mine = std::move(second)]() mutable { mine.reset(); });
  return 0;
}
