// SPDX-License-Identifier: Apache-2.0
// An argument of go is copied at the go statement.
#include <vole/sync.h>

#include "../unordered.h"

int main() {
  vole::wait_group all;
  for (int i = 0; i < 4; ++i) all.go([](int own) { use(own); }, i);
  all.wait();
  return 0;
}
