// SPDX-License-Identifier: Apache-2.0
// A close before the receives that find the channel closed.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  int value = 0;
  const auto ch = vole::make_chan<int>();
  vole::go([&, ch] {
    value = 1;
    ch.close();
  });
  while (ch.recv()) {
  }
  return value - 1;
}
