// SPDX-License-Identifier: Apache-2.0
// The variable that holds the handle is a variable.
#include <vole/chan.h>

#include "../unordered.h"

vole::chan<int> current;
int main() {
  const auto other = vole::make_chan<int>(1);
  in_turn([] { use(static_cast<bool>(current)); }, [&] { current = other; });
  return 0;
}
