// SPDX-License-Identifier: Apache-2.0
// Two ends of a list are one list.
#include <list>

#include "../unordered.h"

std::list<int> items;
int main() {
  in_turn([] { items.push_back(1); }, [] { items.push_front(2); });
  return 0;
}
