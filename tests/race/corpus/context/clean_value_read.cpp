// SPDX-License-Identifier: Apache-2.0
// Values of a context are written once and read by all.
#include <vole/context.h>

#include "../unordered.h"

const vole::context_key<int> key{"burrow"};
int main() {
  const vole::context ctx = vole::with_value(vole::background(), key, 42);
  const auto read = [ctx] { use(*ctx.value(key)); };
  both(read, read);
  return 0;
}
