// SPDX-License-Identifier: Apache-2.0
// What comes before a write happens before what comes after the read of it.
#include <unistd.h>
#include <vole/go.h>
#include <vole/net.h>

int value = 0;
int main() {
  int fds[2];
  if (pipe(fds) != 0) return 1;
  const vole::net::descriptor reader(fds[0]), writer(fds[1]);
  vole::go([&] {
    value = 1;
    writer.write("x");
  });
  char one[1];
  reader.read(one);
  value = 2;
  return 0;
}
