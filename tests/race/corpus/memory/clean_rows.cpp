// SPDX-License-Identifier: Apache-2.0
// Two rows of one array.
#include <cstring>

#include "../unordered.h"

int grid[3][5];
int main() {
  both([] { std::memset(grid[0], 1, sizeof grid[0]); },
       [] { std::memset(grid[1], 0, sizeof grid[1]); });
  return 0;
}
