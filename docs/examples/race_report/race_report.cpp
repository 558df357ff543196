// SPDX-License-Identifier: Apache-2.0
// A program with a data race, whose report docs/RACE_DETECTOR.md explains line by line.
// [quote program]
#include <vole/vole.h>

#include <cstdio>
#include <mutex>

struct statistics {
  long requests = 0;
  long failures = 0;
};
statistics stats;
vole::mutex stats_guard;

void count_failure() {
  const std::lock_guard lock(stats_guard);
  ++stats.failures;
}

void print_summary() {
  std::printf("%ld failures\n", stats.failures);  // without the lock
}

int main() {
  vole::go({.name = "worker"}, count_failure);
  while (vole::num_goroutine() > 1) vole::yield();  // waits, but orders nothing
  print_summary();
}
// [/quote]
