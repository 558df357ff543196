// SPDX-License-Identifier: Apache-2.0
// A tree that adds up its leaves.
#include <vole/sync.h>

int sum(int depth) {
  if (depth == 0) return 1;
  int left = 0, right = 0;
  vole::wait_group both_halves;
  both_halves.go([&] { left = sum(depth - 1); });
  both_halves.go([&] { right = sum(depth - 1); });
  both_halves.wait();
  return left + right;
}
int main() { return sum(6) - 64; }
