// SPDX-License-Identifier: Apache-2.0
// Neighbours on one cache line are no race.
#include <vole/sync.h>

struct alignas(64) line {
  int mine[16];
};
line shared;
int main() {
  vole::wait_group all;
  for (int i = 0; i < 16; ++i)
    all.go([i] {
      for (int turn = 0; turn < 20; ++turn) ++shared.mine[i];
    });
  all.wait();
  return 0;
}
