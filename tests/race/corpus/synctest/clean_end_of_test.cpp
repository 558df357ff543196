// SPDX-License-Identifier: Apache-2.0
// What the goroutines of a bubble did happens before test() returns.
#include <vole/go.h>
#include <vole/synctest.h>

int main() {
  int value = 0;
  vole::synctest::test([&] { vole::go([&] { value = 1; }); });
  ++value;
  vole::synctest::test([&] { ++value; });
  return value - 3;
}
