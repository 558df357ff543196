// SPDX-License-Identifier: Apache-2.0
// Insertions and walks under a shared mutex.
#include <map>
#include <mutex>
#include <shared_mutex>

#include "../unordered.h"

std::map<int, int> table;
std::shared_mutex lock;
int main() {
  both(
      [] {
        const std::unique_lock hold(lock);
        table[1] = 1;
      },
      [] {
        const std::shared_lock hold(lock);
        for (const auto& [key, value] : table) use(value);
      });
  return 0;
}
