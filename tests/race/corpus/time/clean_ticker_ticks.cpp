// SPDX-License-Identifier: Apache-2.0
// The start of a ticker is before its ticks.
#include <chrono>

#include <vole/sync.h>
#include <vole/time.h>

#include "../unordered.h"

int value = 0;
int main() {
  value = 1;
  vole::ticker ticker(std::chrono::milliseconds(1));
  vole::wait_group all;
  all.go([tick = ticker.c()] {
    for (int i = 0; i < 3; ++i) tick.recv();
    use(value);
  });
  all.wait();
  return 0;
}
