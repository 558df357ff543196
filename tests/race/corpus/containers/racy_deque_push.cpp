// SPDX-License-Identifier: Apache-2.0
// Two push_backs to a deque.
#include <deque>

#include "../unordered.h"

std::deque<int> items;
int main() {
  in_turn([] { items.push_back(1); }, [] { items.push_back(2); });
  return 0;
}
