// SPDX-License-Identifier: Apache-2.0
// Main's status is the process's, goroutines that still run are not waited for, and no static
// destructor runs under them.
#include <vole/chan.h>
#include <vole/go.h>

#include <cstdio>

struct noisy {
  int value = 1;
  ~noisy() {
    value = 0;
    std::puts("a static destructor ran");
    std::fflush(stdout);
  }
};
noisy at_file_scope;

int main() {
  const auto running = vole::make_chan<vole::unit>();
  for (int i = 0; i < 4; ++i) {
    vole::go([running] {
      running.send({});
      while (at_file_scope.value == 1) vole::yield();
      std::puts("a goroutine saw a destroyed static");
      std::fflush(stdout);
    });
  }
  for (int i = 0; i < 4; ++i) running.recv();
  std::puts("main returns");
  std::fflush(stdout);
  return 9;
}
