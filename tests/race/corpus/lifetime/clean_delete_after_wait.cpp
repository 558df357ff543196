// SPDX-License-Identifier: Apache-2.0
// The last who waits deletes.
#include <vole/sync.h>

int main() {
  auto* const value = new int(0);
  vole::wait_group all;
  all.go([=] { *value = 1; });
  all.wait();
  delete value;
  return 0;
}
