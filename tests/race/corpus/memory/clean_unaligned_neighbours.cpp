// SPDX-License-Identifier: Apache-2.0
// A packed integer that ends where the next byte begins.
#include <vole/sync.h>

struct __attribute__((packed)) {
  char before[5];
  int value;
  char after;
} box __attribute__((aligned(8)));
int main() {
  vole::wait_group all;
  all.go([] { box.before[4] = 1; });
  all.go([] { box.value = 2; });
  all.go([] { box.after = 3; });
  all.wait();
  return 0;
}
