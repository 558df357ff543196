// SPDX-License-Identifier: Apache-2.0
// Sleeping long enough is no synchronisation.
#include <vole/go.h>
#include <vole/time.h>
#include <chrono>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
  });
  order.wait(1);
  vole::sleep(std::chrono::milliseconds(5));
  value = 2;
  return 0;
}
