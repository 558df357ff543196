// SPDX-License-Identifier: Apache-2.0
// A case that is ready because of a close learns the closer's past.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

int value = 0;
int main() {
  const auto ch = vole::make_chan<int>(), never = vole::make_chan<int>();
  vole::go([ch] {
    value = 1;
    ch.close();
  });
  vole::select(vole::on_recv(never), vole::on_recv(ch));
  return value - 1;
}
