// SPDX-License-Identifier: Apache-2.0
// Two goroutines that one worker runs after each other are not ordered by that.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  vole::max_procs(1);
  const auto ended = vole::make_chan<vole::unit>(2);
  for (int i = 0; i < 2; ++i) {
    vole::go([ended] {
      ++value;
      ended.send({});
    });
  }
  ended.recv();
  ended.recv();
  return 0;
}
