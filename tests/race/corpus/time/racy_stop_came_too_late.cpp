// SPDX-License-Identifier: Apache-2.0
// A stop that returns false says that the function runs, not that it has ended.
#include <chrono>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  auto timer = vole::after_func(std::chrono::milliseconds(1), [&] {
    order.done(1);
    value = 1;
    order.done(2);
  });
  order.wait(1);
  if (!timer.stop()) value = 2;
  order.wait(2);
  return 0;
}
