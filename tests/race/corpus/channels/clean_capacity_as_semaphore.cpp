// SPDX-License-Identifier: Apache-2.0
// The k-th receive before the completion of the (k+C)-th send: a channel as a mutex.
#include <vole/chan.h>
#include <vole/go.h>

int main() {
  int value = 0;
  const auto lock = vole::make_chan<vole::unit>(1);
  const auto ended = vole::make_chan<vole::unit>();
  for (int i = 0; i < 4; ++i) {
    vole::go([&, lock, ended] {
      for (int k = 0; k < 50; ++k) {
        lock.send({});
        ++value;
        lock.recv();
      }
      ended.send({});
    });
  }
  for (int i = 0; i < 4; ++i) ended.recv();
  return value - 200;
}
