// SPDX-License-Identifier: Apache-2.0
// The caller takes the answer, and with it the worker's past.
#include <chrono>

#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/select.h>

int result = 0;
int main() {
  auto [ctx, cancel] = vole::with_timeout(vole::background(), std::chrono::hours(1));
  const auto done = vole::make_chan<vole::unit>(1);
  vole::go([done] {
    result = 42;
    done.send({});
  });
  vole::select(vole::on_recv(ctx.done()), vole::on_recv(done));
  return result - 42;
}
