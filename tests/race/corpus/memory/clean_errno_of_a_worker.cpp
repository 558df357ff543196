// SPDX-License-Identifier: Apache-2.0
// errno is the thread's: goroutines that use it one after the other on one worker share it by
// design, and nothing orders them.
#include <vole/go.h>
#include <vole/sync.h>

#include <cerrno>
#include <cstdlib>

int main() {
  vole::wait_group all;
  for (int i = 0; i < 16; ++i) {
    all.go([] {
      errno = 0;
      std::strtol("17", nullptr, 10);
      if (errno != 0) std::abort();
    });
  }
  all.wait();
  return 0;
}
