// SPDX-License-Identifier: Apache-2.0
// Over two channels and a third goroutine.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto one = vole::make_chan<vole::unit>(), two = vole::make_chan<vole::unit>();
  vole::go([one] {
    value = 1;
    one.send({});
  });
  vole::go([one, two] {
    one.recv();
    two.send({});
  });
  two.recv();
  return value - 1;
}
