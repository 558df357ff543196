// SPDX-License-Identifier: Apache-2.0
// The cancel of a parent is before the end of its child.
#include <vole/context.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  auto [parent, cancel] = vole::with_cancel(vole::background());
  auto [child, cancel_child] = vole::with_cancel(parent);
  vole::wait_group all;
  all.go([child = child] {
    child.done().recv();
    use(value);
  });
  value = 1;
  cancel();
  all.wait();
  return 0;
}
