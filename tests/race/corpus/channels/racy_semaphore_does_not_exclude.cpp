// SPDX-License-Identifier: Apache-2.0
// A semaphore of three excludes only the fourth.
#include <vole/chan.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto room = vole::make_chan<vole::unit>(3);
  const auto work = [room] {
    room.send({});
    ++value;
    room.recv();
  };
  in_turn(work, work);
  return 0;
}
