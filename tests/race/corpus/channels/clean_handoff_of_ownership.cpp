// SPDX-License-Identifier: Apache-2.0
// What is sent belongs to the receiver.
#include <vole/chan.h>
#include <vole/go.h>
#include <memory>
#include <vector>

int main() {
  const auto ch = vole::make_chan<std::unique_ptr<std::vector<int>>>(2);
  vole::go([ch] {
    for (int i = 0; i < 20; ++i) {
      auto values = std::make_unique<std::vector<int>>();
      values->push_back(i);
      ch.send(std::move(values));
    }
    ch.close();
  });
  int sum = 0;
  for (auto& values : ch) {
    values->push_back(0);
    sum += values->front();
  }
  return sum - 190;
}
