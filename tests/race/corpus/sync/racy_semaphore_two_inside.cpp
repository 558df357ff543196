// SPDX-License-Identifier: Apache-2.0
// Two who are inside a weighted semaphore of 2 at once.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  vole::weighted_semaphore room(2);
  turns order;
  const auto add = [&](int turn) {
    if (room.acquire(vole::background())) return;
    order.wait(turn);
    ++value;
    order.done(turn + 1);
    order.wait(2);
    room.release(1);
  };
  both([&] { add(0); }, [&] { add(1); });
  return 0;
}
