// SPDX-License-Identifier: Apache-2.0
// Twenty thousand goroutines later too.
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
  });
  order.wait(1);
  for (int round = 0; round < 20; ++round) {
    vole::wait_group all;
    for (int i = 0; i < 1000; ++i) all.go([] {});
    all.wait();
  }
  value = 2;
  return 0;
}
