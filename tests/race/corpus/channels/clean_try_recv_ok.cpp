// SPDX-License-Identifier: Apache-2.0
// A try_recv that got an element is a receive.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  vole::go([ch] {
    value = 1;
    ch.send(1);
  });
  int out = 0;
  while (ch.try_recv(out) != vole::chan_status::ok) vole::yield();
  return value - 1;
}
