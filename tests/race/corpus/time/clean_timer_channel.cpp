// SPDX-License-Identifier: Apache-2.0
// The start of a timer is before its tick.
#include <chrono>

#include <vole/sync.h>
#include <vole/time.h>

#include "../unordered.h"

int value = 0;
int main() {
  value = 1;
  vole::timer timer(std::chrono::milliseconds(1));
  vole::wait_group all;
  all.go([tick = timer.c()] {
    tick.recv();
    use(value);
  });
  all.wait();
  return 0;
}
