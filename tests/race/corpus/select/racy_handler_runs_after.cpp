// SPDX-License-Identifier: Apache-2.0
// What a handler writes is not the sender's.
#include <optional>

#include <vole/chan.h>
#include <vole/select.h>
#include <vole/sync.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>();
  vole::wait_group all;
  all.go([ch] { vole::select(vole::on_recv(ch, [](std::optional<int>) { value = 1; })); });
  ch.send(1);
  value = 2;
  all.wait();
  return 0;
}
