// SPDX-License-Identifier: Apache-2.0
// The channel orders the pointer's way, not what its sender does with the target afterwards.
#include <vole/chan.h>
#include <vole/sync.h>

int main() {
  const auto ch = vole::make_chan<int*>(1);
  int value = 0;
  vole::wait_group all;
  all.go([&, ch] {
    ch.send(&value);
    value = 1;
  });
  **ch.recv() = 2;
  all.wait();
  return 0;
}
