// SPDX-License-Identifier: Apache-2.0
// The k-th send before the k-th receive.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  int value = 0;
  const auto ch = vole::make_chan<vole::unit>(3);
  vole::go([&, ch] {
    value = 1;
    ch.send({});
  });
  ch.recv();
  return value - 1;
}
