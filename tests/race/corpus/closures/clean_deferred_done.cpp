// SPDX-License-Identifier: Apache-2.0
// done() deferred first runs last.
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/sync.h>

int main() {
  int value = 0;
  vole::wait_group all;
  all.add(1);
  vole::go([&] {
    const vole::defer done([&] { all.done(); });
    const vole::defer write([&] { value = 1; });
  });
  all.wait();
  return value - 1;
}
