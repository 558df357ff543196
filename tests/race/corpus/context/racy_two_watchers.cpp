// SPDX-License-Identifier: Apache-2.0
// Two who wait for one context are not ordered with each other.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  turns order;
  vole::wait_group all;
  all.go([&, ctx = ctx] {
    ctx.done().recv();
    value = 1;
    order.done(1);
  });
  all.go([&, ctx = ctx] {
    ctx.done().recv();
    order.wait(1);
    value = 2;
  });
  cancel();
  all.wait();
  return 0;
}
