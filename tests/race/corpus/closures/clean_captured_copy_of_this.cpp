// SPDX-License-Identifier: Apache-2.0
// *this captured is a copy.
#include <vole/sync.h>

#include "../unordered.h"

struct counter {
  int jobs = 0;
  void start(vole::wait_group& all) {
    all.go([*this] { use(jobs); });
  }
};
int main() {
  counter one;
  vole::wait_group all;
  one.start(all);
  ++one.jobs;
  use(one.jobs);
  all.wait();
  return 0;
}
