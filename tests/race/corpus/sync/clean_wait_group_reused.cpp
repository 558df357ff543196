// SPDX-License-Identifier: Apache-2.0
// A wait_group used again after its wait.
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  for (int round = 0; round < 5; ++round) {
    all.go([] { ++value; });
    all.wait();
  }
  return value - 5;
}
