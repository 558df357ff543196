// SPDX-License-Identifier: Apache-2.0
// goexit() on main: the other goroutine runs on and ends, and that nobody is left is then a
// deadlock. A program of its own, since a test framework catches what leaves a test.
#include <vole/go.h>

#include <cstdio>

int main() {
  vole::go([] {
    for (int i = 0; i < 10; ++i) vole::yield();
    std::puts("the other one has ended");
    std::fflush(stdout);
  });
  vole::goexit();
}
