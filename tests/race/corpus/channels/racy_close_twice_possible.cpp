// SPDX-License-Identifier: Apache-2.0
// A close and a look at the state without order: the loser would throw.
#include <vole/chan.h>

#include "../unordered.h"

int main() {
  const auto ch = vole::make_chan<vole::unit>();
  bool is_closed = false;
  const auto close_once = [&] {
    if (is_closed) return;
    is_closed = true;
    ch.close();
  };
  in_turn(close_once, close_once);
  return 0;
}
