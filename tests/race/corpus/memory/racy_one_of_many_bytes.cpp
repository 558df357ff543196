// SPDX-License-Identifier: Apache-2.0
// Seven neighbours write their bytes often; the race on the eighth stays known.
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

unsigned char byte[8];
int main() {
  turns order;
  vole::go([&] {
    byte[0] = 1;
    order.done(1);
  });
  order.wait(1);
  vole::wait_group all;
  for (int i = 1; i < 8; ++i)
    all.go([i] {
      for (int turn = 0; turn < 100; ++turn) byte[i] = static_cast<unsigned char>(turn);
    });
  all.wait();
  byte[0] = 2;
  return 0;
}
