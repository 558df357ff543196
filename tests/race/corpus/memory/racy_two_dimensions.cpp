// SPDX-License-Identifier: Apache-2.0
// An element of a row, and the row as a whole.
#include <cstring>

#include "../unordered.h"

int grid[3][5];
int main() {
  both([] { grid[1][4] = 1; }, [] { std::memset(grid[1], 0, sizeof grid[1]); });
  return 0;
}
