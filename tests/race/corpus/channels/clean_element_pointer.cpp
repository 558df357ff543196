// SPDX-License-Identifier: Apache-2.0
// Who sent a pointer leaves its target alone.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  const auto ch = vole::make_chan<int*>(1);
  int value = 0;
  vole::go([&, ch] {
    value = 1;
    ch.send(&value);
  });
  **ch.recv() = 2;
  return value - 2;
}
