// SPDX-License-Identifier: Apache-2.0
// Several selects feed several others; each element carries its sender's past.
#include <memory>
#include <optional>

#include <vole/chan.h>
#include <vole/select.h>
#include <vole/sync.h>

int main() {
  const auto left = vole::make_chan<std::unique_ptr<int>>(),
             right = vole::make_chan<std::unique_ptr<int>>();
  vole::wait_group all;
  for (int i = 0; i < 3; ++i)
    all.go([=] {
      for (int turn = 0; turn < 20; ++turn)
        vole::select(vole::on_send(left, std::make_unique<int>(turn)),
                     vole::on_send(right, std::make_unique<int>(turn)));
    });
  int sum = 0;
  const auto add = [&](std::optional<std::unique_ptr<int>> one) { sum += **one; };
  for (int i = 0; i < 60; ++i) vole::select(vole::on_recv(left, add), vole::on_recv(right, add));
  all.wait();
  return sum - 3 * 190;
}
