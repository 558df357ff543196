// SPDX-License-Identifier: Apache-2.0
// Three hundred goroutines are alive; the race is between the first and the last.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>

int value = 0;
int main() {
  const auto gate = vole::make_chan<vole::unit>();
  vole::wait_group all;
  for (int i = 0; i < 300; ++i) {
    all.go([i, gate] {
      if (i == 0) value = 1;
      gate.recv();
      if (i == 299) value = 2;
    });
  }
  vole::yield();
  gate.close();
  all.wait();
  return 0;
}
