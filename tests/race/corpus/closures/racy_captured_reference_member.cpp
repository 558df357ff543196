// SPDX-License-Identifier: Apache-2.0
// A struct with a reference in it, copied into the goroutine.
#include <vole/sync.h>

struct view {
  int& of;
};
int main() {
  int value = 0;
  const view one{value};
  vole::wait_group all;
  all.go([one] { one.of = 1; });
  value = 2;
  all.wait();
  return 0;
}
