// SPDX-License-Identifier: Apache-2.0
// A release is before the acquire that takes what was released, also when there was room.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::weighted_semaphore room(2);
  const auto add = [&] {
    if (room.acquire(vole::background(), 2)) return;
    ++value;
    room.release(2);
  };
  both(add, add);
  return value - 2;
}
