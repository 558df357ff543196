// SPDX-License-Identifier: Apache-2.0
// The chosen case of a select synchronises as the plain operation does.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

int main() {
  int value = 0;
  const auto a = vole::make_chan<int>(), b = vole::make_chan<int>();
  vole::go([&, a] {
    value = 1;
    a.send(1);
  });
  vole::select(vole::on_recv(a), vole::on_recv(b));
  return value - 1;
}
