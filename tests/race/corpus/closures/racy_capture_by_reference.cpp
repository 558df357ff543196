// SPDX-License-Identifier: Apache-2.0
// A local captured by reference, and its own function.
#include <vole/sync.h>

int main() {
  int value = 0;
  vole::wait_group all;
  all.go([&value] { value = 1; });
  value = 2;
  all.wait();
  return 0;
}
