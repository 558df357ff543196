// SPDX-License-Identifier: Apache-2.0
// Sleeping long enough is no order.
#include <chrono>

#include <vole/sync.h>
#include <vole/time.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::wait_group all;
  all.go([] { value = 1; });
  vole::sleep(std::chrono::milliseconds(20));
  use(value);
  all.wait();
  return 0;
}
