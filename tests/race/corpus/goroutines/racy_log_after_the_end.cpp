// SPDX-License-Identifier: Apache-2.0
// A goroutine of a goroutine uses what its test has already left (after serving 4908).
#include <vole/sync.h>

#include "../unordered.h"

struct logger {
  int lines = 0;
};
int main() {
  logger log;
  turns order;
  vole::wait_group all;
  all.go([&] {
    all.go([&] {
      order.wait(1);
      ++log.lines;
    });
  });
  log.lines = -1;
  order.done(1);
  all.wait();
  return 0;
}
