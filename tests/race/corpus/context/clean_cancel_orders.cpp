// SPDX-License-Identifier: Apache-2.0
// cancel() is before the receive on done().
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
  value = 1;
  cancel();
  all.wait();
  return 0;
}
