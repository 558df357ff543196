// SPDX-License-Identifier: Apache-2.0
// A weighted semaphore of 1.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::weighted_semaphore room(1);
  const auto add = [&] {
    if (room.acquire(vole::background())) return;
    ++value;
    room.release(1);
  };
  both(add, add);
  return value - 2;
}
