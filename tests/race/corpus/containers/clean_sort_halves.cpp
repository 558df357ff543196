// SPDX-License-Identifier: Apache-2.0
// Two halves, sorted at the same time.
#include <algorithm>
#include <vector>

#include "../unordered.h"

std::vector<int> list(200);
int main() {
  for (int i = 0; i < 200; ++i) list[i] = 200 - i;
  both([] { std::sort(list.begin(), list.begin() + 100); },
       [] { std::sort(list.begin() + 100, list.end()); });
  return 0;
}
