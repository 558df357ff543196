// SPDX-License-Identifier: Apache-2.0
// What was written before after_func is the function's.
#include <chrono>

#include <vole/chan.h>

int value = 0;
int main() {
  const auto done = vole::make_chan<vole::unit>();
  value = 1;
  const auto timer = vole::after_func(std::chrono::milliseconds(1), [done] {
    ++value;
    done.send({});
  });
  done.recv();
  return value - 2;
}
