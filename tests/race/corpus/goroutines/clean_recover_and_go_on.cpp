// SPDX-License-Identifier: Apache-2.0
// A goroutine that caught its exception goes on.
#include <stdexcept>

#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  all.go([] {
    try {
      value = 1;
      throw std::runtime_error("caught");
    } catch (const std::runtime_error&) {
      ++value;
    }
  });
  all.wait();
  return value - 2;
}
