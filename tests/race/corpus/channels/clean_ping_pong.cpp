// SPDX-License-Identifier: Apache-2.0
// A value that goes back and forth.
#include <vole/chan.h>
#include <vole/go.h>

int value = 0;
int main() {
  const auto ping = vole::make_chan<vole::unit>(), pong = vole::make_chan<vole::unit>();
  vole::go([ping, pong] {
    for (int i = 0; i < 50; ++i) {
      ping.recv();
      ++value;
      pong.send({});
    }
  });
  for (int i = 0; i < 50; ++i) {
    ++value;
    ping.send({});
    pong.recv();
  }
  return value - 100;
}
