// SPDX-License-Identifier: Apache-2.0
// wait() orders what came before it: not what a goroutine does once it is woken after.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/synctest.h>

int main() {
  int value = 0;
  vole::synctest::test([&] {
    const auto gate = vole::make_chan<int>();
    vole::go([&] {
      gate.recv();
      value = 1;
    });
    vole::synctest::wait();
    gate.close();
    value = 2;
  });
  return 0;
}
