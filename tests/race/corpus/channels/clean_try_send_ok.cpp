// SPDX-License-Identifier: Apache-2.0
// A try_send that found room is a send.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  vole::go([ch] {
    value = 1;
    ch.try_send(1);
  });
  ch.recv();
  return value - 1;
}
