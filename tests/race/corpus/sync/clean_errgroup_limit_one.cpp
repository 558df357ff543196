// SPDX-License-Identifier: Apache-2.0
// With a limit of 1 each function starts after the one before.
#include <vole/errgroup.h>

int value = 0;
int main() {
  vole::errgroup group;
  group.set_limit(1);
  for (int i = 0; i < 5; ++i) group.go([] { ++value; });
  group.wait();
  return value - 5;
}
