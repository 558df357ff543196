// SPDX-License-Identifier: Apache-2.0
// The one call before every return of call().
#include <vole/go.h>
#include <vole/sync.h>

int main() {
  vole::once once;
  vole::wait_group all;
  int value = 0, bad = 0;
  for (int i = 0; i < 6; ++i) {
    all.go([&] {
      once.call([&] { value = 3; });
      if (value != 3) bad = 1;
    });
  }
  all.wait();
  return bad;
}
