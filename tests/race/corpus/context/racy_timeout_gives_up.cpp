// SPDX-License-Identifier: Apache-2.0
// The caller gives up at a timeout while the worker still writes (after moby 18412).
#include <chrono>

#include <vole/chan.h>
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int exit_code = 0;
int main() {
  auto [ctx, cancel] = vole::with_timeout(vole::background(), std::chrono::milliseconds(1));
  const auto done = vole::make_chan<vole::unit>(1);
  turns order;
  vole::wait_group all;
  all.go([&] {
    order.wait(1);
    exit_code = 1;
    done.send({});
    order.done(2);
  });
  ctx.done().recv();
  order.done(1);
  order.wait(2);
  use(exit_code);
  all.wait();
  return 0;
}
