// SPDX-License-Identifier: Apache-2.0
// What is written after the start is not ordered with the function.
#include <chrono>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  const auto timer = vole::after_func(std::chrono::milliseconds(1), [&] {
    value = 1;
    order.done(1);
  });
  value = 2;
  order.wait(1);
  return 0;
}
