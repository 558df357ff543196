// SPDX-License-Identifier: Apache-2.0
// Two timers that fire one after the other order nothing.
#include <chrono>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  const auto first = vole::after_func(std::chrono::milliseconds(1), [&] {
    value = 1;
    order.done(1);
  });
  const auto second = vole::after_func(std::chrono::milliseconds(1), [&] {
    order.wait(1);
    value = 2;
    order.done(2);
  });
  order.wait(2);
  return 0;
}
