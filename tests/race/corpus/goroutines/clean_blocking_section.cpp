// SPDX-License-Identifier: Apache-2.0
// What runs inside blocking() is the goroutine's.
#include <vole/go.h>
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  all.go([] { vole::blocking([] { value = 1; }); });
  all.wait();
  return value - 1;
}
