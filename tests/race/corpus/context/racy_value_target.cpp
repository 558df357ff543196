// SPDX-License-Identifier: Apache-2.0
// A pointer in a context is a pointer.
#include <vole/context.h>

#include "../unordered.h"

const vole::context_key<int*> key{"counter"};
int counter = 0;
int main() {
  const vole::context ctx = vole::with_value(vole::background(), key, &counter);
  const auto add = [ctx] { ++**ctx.value(key); };
  in_turn(add, add);
  return 0;
}
