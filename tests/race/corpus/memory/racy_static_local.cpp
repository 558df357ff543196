// SPDX-License-Identifier: Apache-2.0
// A static of a function is as global as any.
#include "../unordered.h"

__attribute__((noinline)) int next() {
  static int last = 0;
  return ++last;
}
int main() {
  both([] { use(next()); }, [] { use(next()); });
  return 0;
}
