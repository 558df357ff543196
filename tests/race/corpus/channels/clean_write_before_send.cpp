// SPDX-License-Identifier: Apache-2.0
// What the sender writes before its send is the receiver's.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  vole::go([ch] {
    value = 1;
    ch.send(1);
  });
  ch.recv();
  return value - 1;
}
