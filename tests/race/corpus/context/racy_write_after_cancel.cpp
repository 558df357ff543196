// SPDX-License-Identifier: Apache-2.0
// What is written after cancel() is not ordered.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::wait_group all;
  all.go([ctx = ctx] {
    ctx.done().recv();
    use(value);
  });
  cancel();
  value = 1;
  all.wait();
  return 0;
}
