// SPDX-License-Identifier: Apache-2.0
// Writers alone, readers together.
#include <mutex>
#include <shared_mutex>

#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::shared_mutex lock;
int main() {
  vole::wait_group all;
  for (int i = 0; i < 8; ++i)
    all.go([i] {
      for (int turn = 0; turn < 20; ++turn)
        if (i % 4 == 0) {
          const std::unique_lock hold(lock);
          ++value;
        } else {
          const std::shared_lock hold(lock);
          use(value);
        }
    });
  all.wait();
  return value - 40;
}
