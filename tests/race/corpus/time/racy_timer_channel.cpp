// SPDX-License-Identifier: Apache-2.0
// The tick tells nothing of what came after the start.
#include <chrono>

#include <vole/sync.h>
#include <vole/time.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::timer timer(std::chrono::milliseconds(1));
  vole::wait_group all;
  all.go([tick = timer.c()] {
    tick.recv();
    use(value);
  });
  value = 1;
  all.wait();
  return 0;
}
