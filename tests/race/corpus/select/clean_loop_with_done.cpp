// SPDX-License-Identifier: Apache-2.0
// Work until the done channel closes.
#include <optional>

#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

int total = 0;
int main() {
  const auto jobs = vole::make_chan<int>(), done = vole::make_chan<int>(),
             ended = vole::make_chan<int>();
  vole::go([=] {
    bool is_over = false;
    while (!is_over)
      vole::select(vole::on_recv(jobs, [](std::optional<int> job) { total += *job; }),
                   vole::on_recv(done, [&](std::optional<int>) { is_over = true; }));
    ended.close();
  });
  for (int i = 0; i < 10; ++i) jobs.send(i);
  done.close();
  ended.recv();
  return total - 45;
}
