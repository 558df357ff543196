// SPDX-License-Identifier: Apache-2.0
// What goroutines wrote is main's once it waited for them.
#include <vole/sync.h>

int table[8];
int main() {
  vole::wait_group all;
  for (int i = 0; i < 8; ++i) all.go([i] { table[i] = i; });
  all.wait();
  int sum = 0;
  for (const int one : table) sum += one;
  return sum - 28;
}
