// SPDX-License-Identifier: Apache-2.0
// Unlock by one function, lock by another: what counts is the goroutine.
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
vole::mutex lock;
void enter() { lock.lock(); }
void leave() { lock.unlock(); }
int main() {
  const auto add = [] {
    enter();
    ++value;
    leave();
  };
  both(add, add);
  return value - 2;
}
