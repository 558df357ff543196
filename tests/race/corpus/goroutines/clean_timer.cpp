// SPDX-License-Identifier: Apache-2.0
// Starting a timer before the receive of its tick, and before its function.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/time.h>
#include <chrono>

int main() {
  int value = 1;
  const auto seen = vole::make_chan<int>(2);
  vole::after_func(std::chrono::milliseconds(1), [&, seen] { seen.send(value); });
  vole::timer tick{std::chrono::milliseconds(1)};
  vole::go([&, seen] {
    tick.c().recv();
    seen.send(value);
  });
  return *seen.recv() + *seen.recv() - 2;
}
