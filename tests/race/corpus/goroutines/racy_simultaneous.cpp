// SPDX-License-Identifier: Apache-2.0
// ++ against --, at the same moment or not: found every time.
#include <vole/go.h>
#include <vole/sync.h>

int value = 0;
int main() {
  vole::wait_group all;
  all.go([] { ++value; });
  all.go([] { --value; });
  all.wait();
  return 0;
}
