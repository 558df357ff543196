// SPDX-License-Identifier: Apache-2.0
// Whose element it was is whose past it is.
#include <vole/chan.h>
#include <vole/go.h>

int values[2];
int main() {
  const auto ch = vole::make_chan<int>(2);
  for (int i = 0; i < 2; ++i)
    vole::go([ch, i] {
      values[i] = 1;
      ch.send(i);
    });
  const int first = *ch.recv();
  values[first] = 2;
  values[*ch.recv()] = 3;
  return 0;
}
