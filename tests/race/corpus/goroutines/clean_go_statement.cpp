// SPDX-License-Identifier: Apache-2.0
// The go statement before the goroutine.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  int value = 1;
  const auto ended = vole::make_chan<int>();
  vole::go([&, ended] { ended.send(value); });
  return *ended.recv() - 1;
}
