// SPDX-License-Identifier: Apache-2.0
// Two goroutines step one iterator.
#include <vector>

#include "../unordered.h"

std::vector<int> list(10);
std::vector<int>::iterator at = list.begin();
int main() {
  in_turn([] { ++at; }, [] { ++at; });
  return 0;
}
