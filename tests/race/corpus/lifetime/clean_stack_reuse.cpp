// SPDX-License-Identifier: Apache-2.0
// A goroutine on the stack of one that has ended meets none of its accesses.
#include <vole/chan.h>
#include <vole/go.h>

int leaf(int n) {
  volatile int local[64];
  for (volatile int& each : local) each = n;
  int* const escaped = const_cast<int*>(&local[n % 64]);
  return *escaped;
}
int main() {
  for (int round = 0; round < 200; ++round) {
    vole::go([round] {
      int local = round;
      const auto ended = vole::make_chan<int>();
      vole::go([&local, ended] { ended.send(leaf(local)); });
      ended.recv();
    });
    vole::yield();
  }
  return 0;
}
