// SPDX-License-Identifier: Apache-2.0
// An element of many words is copied in order.
#include <vole/chan.h>
#include <vole/go.h>

struct big {
  long part[64];
};
int main() {
  const auto ch = vole::make_chan<big>(2);
  vole::go([ch] {
    big one{};
    for (int i = 0; i < 10; ++i) {
      one.part[63] = i;
      ch.send(one);
    }
    ch.close();
  });
  long sum = 0;
  for (const big& one : ch) sum += one.part[63];
  return static_cast<int>(sum) - 45;
}
