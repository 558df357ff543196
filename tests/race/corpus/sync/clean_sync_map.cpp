// SPDX-License-Identifier: Apache-2.0
// A store of a key before the load that sees it.
#include <vole/go.h>
#include <vole/sync.h>
#include <cstdlib>
#include <memory>

int main() {
  vole::sync_map<int, std::shared_ptr<int>> map;
  vole::wait_group all;
  all.go([&] {
    for (int i = 0; i < 50; ++i) map.store(i, std::make_shared<int>(i));
  });
  all.go([&] {
    for (int i = 0; i < 50; ++i) {
      if (const auto found = map.load(i); found && **found != i) std::abort();
    }
  });
  all.wait();
  return 0;
}
