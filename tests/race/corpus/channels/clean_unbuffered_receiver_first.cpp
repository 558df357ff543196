// SPDX-License-Identifier: Apache-2.0
// Unbuffered: what the receiver wrote before is the sender's after its send.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>();
  vole::go([ch] {
    value = 1;
    ch.recv();
  });
  ch.send(1);
  return value - 1;
}
