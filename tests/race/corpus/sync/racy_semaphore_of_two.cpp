// SPDX-License-Identifier: Apache-2.0
// A weighted semaphore of 2 excludes nobody here.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::weighted_semaphore room(2);
  const auto add = [&] {
    if (room.acquire(vole::background())) return;
    ++value;
    room.release(1);
  };
  in_turn(add, add);
  return 0;
}
