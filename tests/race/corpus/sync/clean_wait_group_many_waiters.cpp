// SPDX-License-Identifier: Apache-2.0
// All who wait learn the past of all who are done.
#include <vole/sync.h>

#include "../unordered.h"

int values[4];
int main() {
  vole::wait_group work, waiters;
  for (int i = 0; i < 4; ++i) work.go([i] { values[i] = i; });
  for (int i = 0; i < 4; ++i)
    waiters.go([&] {
      work.wait();
      for (const int one : values) use(one);
    });
  waiters.wait();
  return 0;
}
