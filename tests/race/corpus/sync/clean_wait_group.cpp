// SPDX-License-Identifier: Apache-2.0
// Every done before the wait that it lets return.
#include <vole/go.h>
#include <vole/sync.h>

int main() {
  int cells[8] = {};
  vole::wait_group all;
  for (int i = 0; i < 8; ++i) all.go([&, i] { cells[i] = i; });
  all.wait();
  int sum = 0;
  for (const int cell : cells) sum += cell;
  return sum - 28;
}
