// SPDX-License-Identifier: Apache-2.0
// after_func's function runs after the cancel.
#include <vole/chan.h>
#include <vole/context.h>

int value = 0;
int main() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto ran = vole::make_chan<vole::unit>();
  const auto stop = vole::after_func(ctx, [ran] {
    ++value;
    ran.send({});
  });
  value = 1;
  cancel();
  ran.recv();
  return value - 2;
}
