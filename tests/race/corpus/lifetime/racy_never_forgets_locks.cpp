// SPDX-License-Identifier: Apache-2.0
// A million unlocks later the first write is still known.
#include <mutex>

#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
int main() {
  turns order;
  vole::go([&] {
    value = 1;
    order.done(1);
  });
  order.wait(1);
  int other = 0;
  for (int i = 0; i < 1000000; ++i) {
    const std::lock_guard hold(lock);
    ++other;
  }
  value = other;
  return 0;
}
