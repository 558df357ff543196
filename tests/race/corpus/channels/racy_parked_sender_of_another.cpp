// SPDX-License-Identifier: Apache-2.0
// A receive frees a parked sender; it learns nothing of the other sender's past.
#include <vole/chan.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>();
  turns order;
  vole::wait_group all;
  all.go([&] {
    value = 1;
    ch.send(1);
    order.done(1);
  });
  ch.recv();
  order.wait(1);
  all.go([&] {
    value = 2;
    ch.send(2);
  });
  turns later;
  all.go([&] {
    later.wait(1);
    value = 3;
  });
  ch.recv();
  later.done(1);
  all.wait();
  return 0;
}
