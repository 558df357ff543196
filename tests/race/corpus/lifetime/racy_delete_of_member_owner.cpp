// SPDX-License-Identifier: Apache-2.0
// Deleting an owner deletes what it owns.
#include <memory>

#include "../unordered.h"

struct owner {
  std::unique_ptr<int> inner = std::make_unique<int>(0);
};
int main() {
  auto* const one = new owner;
  int* const inner = one->inner.get();
  in_turn([=] { *inner = 1; }, [=] { delete one; });
  return 0;
}
