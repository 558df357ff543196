// SPDX-License-Identifier: Apache-2.0
// A unique_ptr goes with all that it owns.
#include <memory>
#include <utility>
#include <vector>

#include <vole/chan.h>
#include <vole/go.h>

int main() {
  const auto ch = vole::make_chan<std::unique_ptr<std::vector<int>>>();
  vole::go([ch] {
    auto list = std::make_unique<std::vector<int>>(100);
    for (int i = 0; i < 100; ++i) (*list)[i] = i;
    ch.send(std::move(list));
  });
  const auto list = *ch.recv();
  return (*list)[99] - 99;
}
