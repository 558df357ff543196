// SPDX-License-Identifier: Apache-2.0
// [&] takes what nobody named.
#include <vole/sync.h>

int main() {
  int err = 0;
  vole::wait_group all;
  all.go([&] { err = 1; });
  err = 2;
  all.wait();
  return err == 77;
}
