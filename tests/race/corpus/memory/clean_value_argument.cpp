// SPDX-License-Identifier: Apache-2.0
// A function gets a copy, made before.
#include "../unordered.h"

__attribute__((noinline)) int raised(int of) { return of + 1; }
int value = 0;
int main() {
  const int copy = value;
  both([copy] { use(raised(copy)); }, [] { value = 1; });
  return 0;
}
