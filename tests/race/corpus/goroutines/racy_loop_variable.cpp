// SPDX-License-Identifier: Apache-2.0
// A goroutine that captured the loop variable by reference.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  const auto ended = vole::make_chan<int>(3);
  int i = 0;
  for (; i < 3; ++i) vole::go([&i, ended] { ended.send(i); });
  for (int k = 0; k < 3; ++k) ended.recv();
  return 0;
}
