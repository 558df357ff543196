// SPDX-License-Identifier: Apache-2.0
// The value of a send case is read when the case is made.
#include <vole/chan.h>
#include <vole/select.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(1);
  in_turn([] { value = 1; }, [ch] { vole::select(vole::on_send(ch, value), vole::on_default()); });
  return 0;
}
