// SPDX-License-Identifier: Apache-2.0
// A goroutine's child is not ordered with what the parent does after.
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  all.go([&] {
    all.go([] { value = 1; });
    value = 2;
  });
  all.wait();
  return 0;
}
