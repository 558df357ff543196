// SPDX-License-Identifier: Apache-2.0
// A value made once and read by all.
#include <memory>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  auto get = vole::once_value([] { return std::make_shared<int>(42); });
  const auto read = [&get] { use(*get()); };
  both(read, read);
  return 0;
}
