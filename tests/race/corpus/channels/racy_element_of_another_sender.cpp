// SPDX-License-Identifier: Apache-2.0
// The first element says nothing of the second's sender.
#include <vole/chan.h>
#include <vole/sync.h>

int values[2];
int main() {
  const auto ch = vole::make_chan<int>(2);
  vole::wait_group all;
  for (int i = 0; i < 2; ++i)
    all.go([ch, i] {
      values[i] = 1;
      ch.send(i);
    });
  const int first = *ch.recv();
  values[1 - first] = 2;
  all.wait();
  return 0;
}
