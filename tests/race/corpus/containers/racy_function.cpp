// SPDX-License-Identifier: Apache-2.0
// A std::function is replaced while it is called (after kubernetes 80284).
#include <functional>

#include "../unordered.h"

std::function<int()> callback = [] { return 1; };
int main() {
  in_turn([] { use(callback()); }, [] { callback = [] { return 2; }; });
  return 0;
}
