// SPDX-License-Identifier: Apache-2.0
// Runs the rows: the same programs as bench/runtime where Boost.Fiber can have them.
#include "themes.h"

int main(int argc, char** argv) {
  const bench::suite rows(argc, argv);
  bench::channels(rows);
  bench::spawning(rows);
}
