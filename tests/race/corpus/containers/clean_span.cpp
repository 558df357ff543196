// SPDX-License-Identifier: Apache-2.0
// Two spans that meet.
#include <span>

#include "../unordered.h"

int table[10];
int main() {
  const std::span<int> front(table, 5), back(table + 5, 5);
  both([front] { front[4] = 1; }, [back] { back[0] = 2; });
  return 0;
}
