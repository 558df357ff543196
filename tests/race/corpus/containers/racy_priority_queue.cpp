// SPDX-License-Identifier: Apache-2.0
// A priority queue without a lock.
#include <queue>

#include "../unordered.h"

std::priority_queue<int> items;
int main() {
  in_turn([] { items.push(1); }, [] { use(items.top()); });
  return 0;
}
