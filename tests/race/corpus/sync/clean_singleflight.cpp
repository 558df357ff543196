// SPDX-License-Identifier: Apache-2.0
// All callers of one flight see its result whole.
#include <memory>

#include <vole/singleflight.h>

#include "../unordered.h"

int main() {
  vole::singleflight<int, std::shared_ptr<int>> flights;
  const auto get = [&] { use(*flights.call(1, [] { return std::make_shared<int>(42); }).value); };
  both(get, get);
  return 0;
}
