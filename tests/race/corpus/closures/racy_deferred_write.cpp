// SPDX-License-Identifier: Apache-2.0
// What a deferred function writes runs after done().
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  int value = 0;
  vole::wait_group all;
  turns order;
  all.add(1);
  vole::go([&] {
    const vole::defer last([&] {
      value = 1;
      order.done(1);
    });
    all.done();
  });
  all.wait();
  value = 2;
  order.wait(1);
  return 0;
}
