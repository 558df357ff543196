// SPDX-License-Identifier: Apache-2.0
// What a goroutine does after done() is not before the wait.
#include <vole/go.h>
#include <vole/sync.h>
#include "../unordered.h"

int value = 0;
int main() {
  vole::wait_group all;
  turns order;
  all.add();
  vole::go([&] {
    all.done();
    value = 1;
    order.done(1);
  });
  all.wait();
  value = 2;
  order.wait(1);
  return 0;
}
