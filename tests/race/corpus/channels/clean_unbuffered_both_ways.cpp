// SPDX-License-Identifier: Apache-2.0
// Unbuffered: the receive before the completion of the send, too.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  int value = 0;
  const auto ch = vole::make_chan<int>();
  vole::go([&, ch] {
    value = 1;
    ch.recv();
  });
  ch.send(0);
  return value - 1;
}
