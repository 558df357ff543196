// SPDX-License-Identifier: Apache-2.0
// Who gets from a pool what another put there learns its past.
#include <memory>
#include <utility>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::pool<std::unique_ptr<int>> pool([] { return std::make_unique<int>(0); });
  const auto work = [&pool] {
    for (int i = 0; i < 20; ++i) {
      auto one = pool.get();
      ++*one;
      pool.put(std::move(one));
    }
  };
  both(work, work);
  return 0;
}
