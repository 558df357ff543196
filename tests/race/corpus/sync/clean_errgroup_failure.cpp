// SPDX-License-Identifier: Apache-2.0
// The exception of the first failure comes out of wait() with its contents.
#include <stdexcept>

#include <vole/errgroup.h>

int main() {
  vole::errgroup group;
  group.go([] { throw std::runtime_error("no such burrow"); });
  try {
    group.wait();
  } catch (const std::runtime_error& failure) {
    return failure.what()[0] == 'n' ? 0 : 1;
  }
  return 1;
}
