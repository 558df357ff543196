// SPDX-License-Identifier: Apache-2.0
// this is captured, and with it every member.
#include <vole/sync.h>

struct worker {
  int jobs = 0;
  vole::wait_group all;
  void start() {
    all.go([this] { ++jobs; });
  }
};
int main() {
  worker one;
  one.start();
  ++one.jobs;
  one.all.wait();
  return 0;
}
