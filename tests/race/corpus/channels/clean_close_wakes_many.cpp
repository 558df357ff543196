// SPDX-License-Identifier: Apache-2.0
// One close orders before all who wait for it.
#include <vole/chan.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<vole::unit>();
  vole::wait_group all;
  for (int i = 0; i < 20; ++i)
    all.go([ch] {
      ch.recv();
      use(value);
    });
  value = 1;
  ch.close();
  all.wait();
  return 0;
}
