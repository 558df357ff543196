// SPDX-License-Identifier: Apache-2.0
// Each goroutine drops a copy of its own.
#include <memory>
#include <utility>

#include "../unordered.h"

int main() {
  auto first = std::make_shared<int>(1);
  auto second = first;
  both([mine = std::move(first)]() mutable { mine.reset(); },
       [mine = std::move(second)]() mutable { mine.reset(); });
  return 0;
}
