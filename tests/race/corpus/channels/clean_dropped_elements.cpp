// SPDX-License-Identifier: Apache-2.0
// Elements that nobody receives are destroyed by the last handle, after their senders.
#include <vole/chan.h>
#include <vole/go.h>
#include <memory>

struct element {
  explicit element(int n) : value(std::make_unique<int>(n)) {}
  std::unique_ptr<int> value;
};
int main() {
  for (int round = 0; round < 30; ++round) {
    const auto ended = vole::make_chan<vole::unit>();
    auto ch = vole::make_chan<element>(4);
    vole::go([ch, ended] {
      for (int i = 0; i < 3; ++i) ch.send(element(i));
      ended.send({});
    });
    ended.recv();
    ch = {};
  }
  return 0;
}
