// SPDX-License-Identifier: Apache-2.0
// results[i], each its own.
#include <vole/sync.h>

int results[20];
int main() {
  vole::wait_group all;
  for (int i = 0; i < 20; ++i) all.go([i] { results[i] = i; });
  all.wait();
  return results[19] - 19;
}
