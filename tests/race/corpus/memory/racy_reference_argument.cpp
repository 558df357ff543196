// SPDX-License-Identifier: Apache-2.0
// A function writes through a reference.
#include "../unordered.h"

__attribute__((noinline)) void raise(int& of) { ++of; }
int value = 0;
int main() {
  both([] { raise(value); }, [] { raise(value); });
  return 0;
}
