// SPDX-License-Identifier: Apache-2.0
// Two goroutines of a bubble write, and nothing orders them but the bubble's end.
#include <vole/go.h>
#include <vole/synctest.h>

int main() {
  int value = 0;
  vole::synctest::test([&] {
    vole::go([&] { value = 1; });
    value = 2;
  });
  return 0;
}
