// SPDX-License-Identifier: Apache-2.0
// Two spans over one array.
#include <span>

#include "../unordered.h"

int table[10];
int main() {
  const std::span<int> front(table, 6), back(table + 5, 5);
  both([front] { front[5] = 1; }, [back] { back[0] = 2; });
  return 0;
}
