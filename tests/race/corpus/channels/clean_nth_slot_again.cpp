// SPDX-License-Identifier: Apache-2.0
// Capacity 2: the first receive is before the completion of the third send.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(2);
  vole::go([ch] {
    value = 1;
    ch.recv();
  });
  for (int i = 0; i < 3; ++i) ch.send(i);
  return value - 1;
}
