// SPDX-License-Identifier: Apache-2.0
// Two workers drain one channel and count in a plain member (after kubernetes 81091).
#include <vole/chan.h>

#include "../unordered.h"

struct filter {
  int calls = 0;
  void run() { ++calls; }
};
int main() {
  filter plugin;
  const auto pieces = vole::make_chan<int>(2);
  const auto worker = [&] {
    if (pieces.recv()) plugin.run();
  };
  pieces.send(0);
  pieces.send(1);
  in_turn(worker, worker);
  return 0;
}
