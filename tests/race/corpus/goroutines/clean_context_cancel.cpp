// SPDX-License-Identifier: Apache-2.0
// A cancel before the receive from done().
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>

int main() {
  int value = 0;
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto ended = vole::make_chan<int>();
  vole::go([&value, ctx = ctx, ended]() mutable {
    ctx.done().recv();
    ended.send(value);
  });
  value = 6;
  cancel();
  return *ended.recv() - 6;
}
