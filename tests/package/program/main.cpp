// SPDX-License-Identifier: Apache-2.0
// A user's first program: prints 45, the sum of what ten goroutines send.
#include <vole/vole.h>

#include <cstdio>

int main() {
  const auto numbers = vole::make_chan<int>();
  vole::wait_group senders;
  for (int i = 0; i < 10; ++i) senders.go([=] { numbers.send(i); });
  vole::go([&senders, numbers] {
    senders.wait();
    numbers.close();
  });
  int sum = 0;
  for (const int n : numbers) sum += n;
  std::printf("%d\n", sum);
}
