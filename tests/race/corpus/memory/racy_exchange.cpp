// SPDX-License-Identifier: Apache-2.0
// std::exchange is not atomic.
#include <utility>

#include "../unordered.h"

int value = 1;
int main() {
  both([] { use(std::exchange(value, 2)); }, [] { use(std::exchange(value, 3)); });
  return 0;
}
