// SPDX-License-Identifier: Apache-2.0
// Who sees err() sees what came before the cancel.
#include <vole/context.h>
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::wait_group all;
  all.go([ctx = ctx] {
    while (!ctx.err()) vole::yield();
    use(value);
  });
  value = 1;
  cancel();
  all.wait();
  return 0;
}
