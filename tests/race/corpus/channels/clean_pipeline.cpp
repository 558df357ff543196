// SPDX-License-Identifier: Apache-2.0
// Elements by pointer through three stages.
#include <memory>
#include <utility>

#include <vole/chan.h>
#include <vole/go.h>

int main() {
  const auto first = vole::make_chan<std::shared_ptr<int>>(4);
  const auto second = vole::make_chan<std::shared_ptr<int>>(4);
  vole::go([first] {
    for (int i = 0; i < 50; ++i) first.send(std::make_shared<int>(i));
    first.close();
  });
  vole::go([first, second] {
    for (auto one : first) {
      *one *= 2;
      second.send(std::move(one));
    }
    second.close();
  });
  int sum = 0;
  for (const auto& one : second) sum += *one;
  return sum - 49 * 50;
}
