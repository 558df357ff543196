// SPDX-License-Identifier: Apache-2.0
// A write reads its buffer: nobody may change it meanwhile.
#include <unistd.h>
#include <vole/go.h>
#include <vole/net.h>

#include "../unordered.h"

char buffer[16];
int main() {
  int fds[2];
  if (pipe(fds) != 0) return 1;
  const vole::net::descriptor reader(fds[0]), writer(fds[1]);
  turns order;
  vole::go([&] {
    writer.write({buffer, sizeof buffer});
    order.done(1);
  });
  order.wait(1);
  buffer[7] = 'x';
  return 0;
}
