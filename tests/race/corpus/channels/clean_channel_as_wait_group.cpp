// SPDX-License-Identifier: Apache-2.0
// One element for each goroutine that has ended.
#include <vole/chan.h>
#include <vole/go.h>

int values[8];
int main() {
  const auto done = vole::make_chan<vole::unit>(8);
  for (int i = 0; i < 8; ++i)
    vole::go([done, i] {
      values[i] = i;
      done.send({});
    });
  for (int i = 0; i < 8; ++i) done.recv();
  int sum = 0;
  for (const int one : values) sum += one;
  return sum - 28;
}
