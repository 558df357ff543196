// SPDX-License-Identifier: Apache-2.0
// A goroutine that is locked to its thread.
#include <vole/go.h>
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  all.go([] {
    vole::lock_os_thread();
    value = 1;
    vole::unlock_os_thread();
  });
  all.wait();
  return value - 1;
}
