// SPDX-License-Identifier: Apache-2.0
// A select that takes its default case learns nothing from the others.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include "../unordered.h"

int value = 0;
int main() {
  const auto never = vole::make_chan<int>();
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
  });
  order.wait(1);
  vole::select(vole::on_recv(never), vole::on_default());
  return value == 77;
}
