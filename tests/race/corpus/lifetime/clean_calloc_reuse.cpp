// SPDX-License-Identifier: Apache-2.0
// Blocks that calloc gives out again have no past.
#include <cstdlib>

#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::wait_group all;
  for (int i = 0; i < 8; ++i)
    all.go([] {
      for (int turn = 0; turn < 20; ++turn) {
        auto* const block = static_cast<int*>(std::calloc(16, sizeof(int)));
        block[3] = turn;
        use(block[3]);
        std::free(block);
      }
    });
  all.wait();
  return 0;
}
