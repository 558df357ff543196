// SPDX-License-Identifier: Apache-2.0
// A grandchild and its grandmother.
#include <vole/sync.h>

int main() {
  int value = 0;
  vole::wait_group all;
  all.go([&] { all.go([&] { value = 1; }); });
  value = 2;
  all.wait();
  return 0;
}
