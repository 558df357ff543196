// SPDX-License-Identifier: Apache-2.0
// A channel of capacity 1 as a mutex.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto lock = vole::make_chan<vole::unit>(1);
  const auto add = [lock] {
    for (int i = 0; i < 20; ++i) {
      lock.send({});
      ++value;
      lock.recv();
    }
  };
  both(add, add);
  return value - 40;
}
