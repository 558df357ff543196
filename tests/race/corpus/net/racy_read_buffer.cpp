// SPDX-License-Identifier: Apache-2.0
// A read writes its buffer, as far as it gets: nobody may look at it meanwhile.
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
    writer.write("four");
    reader.read(buffer);
    order.done(1);
  });
  order.wait(1);
  return buffer[3] == 'r' ? 0 : 1;
}
