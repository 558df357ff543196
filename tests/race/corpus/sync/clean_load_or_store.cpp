// SPDX-License-Identifier: Apache-2.0
// Who loses load_or_store sees the winner's object whole.
#include <memory>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::sync_map<int, std::shared_ptr<int>> table;
  const auto get = [&] {
    const auto [object, is_loaded] = table.load_or_store(1, std::make_shared<int>(42));
    use(*object);
    use(is_loaded);
  };
  both(get, get);
  return 0;
}
