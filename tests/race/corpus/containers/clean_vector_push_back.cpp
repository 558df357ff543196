// SPDX-License-Identifier: Apache-2.0
// push_back under a mutex.
#include <mutex>
#include <vector>

#include "../unordered.h"

std::vector<int> list;
std::mutex lock;
int main() {
  const auto add = [] {
    const std::lock_guard hold(lock);
    list.push_back(1);
  };
  both(add, add);
  return static_cast<int>(list.size()) - 2;
}
