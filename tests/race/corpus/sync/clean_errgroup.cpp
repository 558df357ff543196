// SPDX-License-Identifier: Apache-2.0
// wait() of an errgroup is after all its functions.
#include <vole/errgroup.h>

int values[4];
int main() {
  vole::errgroup group;
  for (int i = 0; i < 4; ++i) group.go([i] { values[i] = i; });
  group.wait();
  return values[3] - 3;
}
