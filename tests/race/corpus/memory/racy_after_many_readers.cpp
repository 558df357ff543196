// SPDX-License-Identifier: Apache-2.0
// A writer against a thousand readers, of whom one is not ordered.
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  turns order;
  vole::go([&] {
    use(value);
    order.done(1);
  });
  order.wait(1);
  vole::wait_group readers;
  for (int i = 0; i < 1000; ++i) readers.go([] { use(value); });
  readers.wait();
  value = 1;
  return 0;
}
