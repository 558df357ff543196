// SPDX-License-Identifier: Apache-2.0
// lock() of a weak_ptr while the last owner goes.
#include <memory>
#include <utility>

#include "../unordered.h"

int main() {
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> watcher = owner;
  both([mine = std::move(owner)]() mutable { mine.reset(); },
       [watcher] {
         if (const auto one = watcher.lock()) use(*one);
       });
  return 0;
}
