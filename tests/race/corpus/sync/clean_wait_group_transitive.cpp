// SPDX-License-Identifier: Apache-2.0
// A waiter of a waiter.
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group first, second;
  first.go([] { value = 1; });
  second.go([&] {
    first.wait();
    ++value;
  });
  second.wait();
  return value - 2;
}
