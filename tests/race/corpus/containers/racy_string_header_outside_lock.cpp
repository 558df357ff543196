// SPDX-License-Identifier: Apache-2.0
// The header is copied outside the lock that its writer holds.
#include <mutex>
#include <span>
#include <vector>

#include "../unordered.h"

std::vector<int> list(4);
std::mutex lock;
int main() {
  in_turn(
      [] {
        const std::lock_guard hold(lock);
        list.resize(50);
      },
      [] {
        const std::span<int> header = list;
        const std::lock_guard hold(lock);
        use(header.size());
      });
  return 0;
}
