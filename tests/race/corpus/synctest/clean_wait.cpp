// SPDX-License-Identifier: Apache-2.0
// wait() comes after what the others have done until they ended or were blocked.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/synctest.h>

int main() {
  int ended = 0, blocked = 0;
  vole::synctest::test([&] {
    const auto gate = vole::make_chan<int>();
    vole::go([&] { ended = 1; });
    vole::go([&] {
      blocked = 2;
      gate.recv();
    });
    vole::synctest::wait();
    ++ended;
    ++blocked;
    gate.close();
  });
  return ended + blocked - 5;
}
