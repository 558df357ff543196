// SPDX-License-Identifier: Apache-2.0
// The cases that select does not take order nothing.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto taken = vole::make_chan<int>(1), other = vole::make_chan<int>(1);
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
    order.wait(2);
    other.send(1);
    order.done(3);
  });
  taken.send(1);
  order.wait(1);
  vole::select(vole::on_recv(taken), vole::on_recv(other));
  value = 2;
  order.done(2);
  order.wait(3);
  return 0;
}
