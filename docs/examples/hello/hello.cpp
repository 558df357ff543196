// SPDX-License-Identifier: Apache-2.0
// Goroutines, a channel, select and a wait_group in fifteen lines.
#include <vole/vole.h>

#include <cstdio>

int main() {
  const auto squares = vole::make_chan<int>();
  const auto quit = vole::make_chan<vole::unit>();
  vole::wait_group workers;
  for (int i = 1; i <= 3; ++i) workers.go([=] { squares.send(i * i); });
  vole::go([&workers, quit] { workers.wait(), quit.close(); });
  int sum = 0;
  const auto add = [&](std::optional<int> square) { sum += *square; };
  while (vole::select(vole::on_recv(squares, add), vole::on_recv(quit)) == 0) continue;
  std::printf("1 + 4 + 9 = %d\n", sum);
}
