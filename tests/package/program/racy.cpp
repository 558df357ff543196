// SPDX-License-Identifier: Apache-2.0
// A user's first race: two goroutines write one variable, and nothing orders them.
#include <vole/vole.h>

int shared_by_two = 0;

int main() {
  vole::wait_group both;
  both.go([] { shared_by_two = 1; });
  both.go([] { shared_by_two = 2; });
  both.wait();
}
