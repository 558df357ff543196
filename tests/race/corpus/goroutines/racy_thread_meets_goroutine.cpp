// SPDX-License-Identifier: Apache-2.0
// A std::thread that never uses the runtime races with a goroutine.
#include <vole/go.h>
#include <vole/sync.h>
#include <thread>

int value = 0;
int main() {
  vole::wait_group all;
  all.go([] { value = 1; });
  std::thread foreign([] { value = 2; });
  foreign.join();
  all.wait();
  return 0;
}
