// SPDX-License-Identifier: Apache-2.0
// Three at once, each with a slot of its own.
#include <vole/chan.h>
#include <vole/sync.h>

int values[30];
int main() {
  const auto room = vole::make_chan<vole::unit>(3);
  vole::wait_group all;
  for (int i = 0; i < 30; ++i)
    all.go([room, i] {
      room.send({});
      values[i] = i;
      room.recv();
    });
  all.wait();
  return values[29] - 29;
}
