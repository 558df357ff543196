// SPDX-License-Identifier: Apache-2.0
// A mutex locked twice by its owner.
#include <mutex>

#include "../unordered.h"

int value = 0;
std::recursive_mutex lock;
int main() {
  const auto add = [] {
    const std::lock_guard outer(lock);
    const std::lock_guard inner(lock);
    ++value;
  };
  both_threads(add, add);
  return value - 2;
}
