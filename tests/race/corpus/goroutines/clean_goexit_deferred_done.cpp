// SPDX-License-Identifier: Apache-2.0
// A deferred done() runs on the way out of goexit.
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  all.add(1);
  vole::go([&] {
    const vole::defer done([&] { all.done(); });
    value = 1;
    vole::goexit();
  });
  all.wait();
  return value - 1;
}
