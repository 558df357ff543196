// SPDX-License-Identifier: Apache-2.0
// A release before the acquires that it lets through.
#include <vole/context.h>
#include <vole/go.h>
#include <vole/sync.h>

int main() {
  vole::weighted_semaphore room(1);
  vole::wait_group all;
  int value = 0;
  for (int i = 0; i < 3; ++i) {
    all.go([&] {
      for (int k = 0; k < 30; ++k) {
        (void)room.acquire(vole::background());
        ++value;
        room.release(1);
      }
    });
  }
  all.wait();
  return value - 90;
}
