// SPDX-License-Identifier: Apache-2.0
// Two that are done are not ordered with each other.
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::wait_group all;
  turns order;
  all.add(2);
  vole::go([&] {
    value = 1;
    all.done();
    order.done(1);
  });
  vole::go([&] {
    order.wait(1);
    value = 2;
    all.done();
  });
  all.wait();
  return 0;
}
