// SPDX-License-Identifier: Apache-2.0
// Waiting for one fewer than there are.
#include <vole/chan.h>
#include <vole/sync.h>

int values[3];
int main() {
  const auto done = vole::make_chan<int>(3);
  vole::wait_group all;
  for (int i = 0; i < 3; ++i)
    all.go([done, i] {
      values[i] = i;
      done.send(i);
    });
  const int first = *done.recv(), second = *done.recv();
  const int missing = 3 - first - second;
  values[missing] = 7;
  all.wait();
  return 0;
}
