// SPDX-License-Identifier: Apache-2.0
// A walk over a map against a value.
#include <map>

#include "../unordered.h"

std::map<int, int> table{{1, 5}, {2, 6}, {3, 7}};
int main() {
  both(
      [] {
        int sum = 0;
        for (const auto& [key, value] : table) sum += value;
        use(sum);
      },
      [] { table.at(2) = 1; });
  return 0;
}
