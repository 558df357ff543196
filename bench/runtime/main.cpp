// SPDX-License-Identifier: Apache-2.0
// Runs the rows in a goroutine: main is an adopted thread, whose waits cost more than a
// goroutine's.
#include "themes.h"

int main(int argc, char** argv) {
  const bench::suite rows(argc, argv);
  vole::wait_group done;
  done.go([&rows] {
    bench::switches(rows);
    bench::channels(rows);
    bench::spawning(rows);
    bench::sync(rows);
    bench::time(rows);
    bench::net(rows);
    bench::memory(rows);
    bench::fairness(rows);
    bench::scaling(rows);
  });
  done.wait();
}
