// SPDX-License-Identifier: Apache-2.0
// Each byte of a word has an owner of its own.
#include <vole/sync.h>

unsigned char byte[8];
int main() {
  vole::wait_group all;
  for (unsigned char i = 0; i < 8; ++i) all.go([i] { byte[i] = i; });
  all.wait();
  return byte[7] - 7;
}
