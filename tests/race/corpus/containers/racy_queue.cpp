// SPDX-License-Identifier: Apache-2.0
// A queue without a lock.
#include <queue>

#include "../unordered.h"

std::queue<int> items;
int main() {
  in_turn([] { items.push(1); },
          [] {
            if (!items.empty()) items.pop();
          });
  return 0;
}
