// SPDX-License-Identifier: Apache-2.0
// An operand in memory of inline assembly.
#include "../unordered.h"

int value = 0;
int main() {
#if defined(__x86_64__)
  both([] { __asm__("incl %0" : "+m"(value)); }, [] { value = 2; });
#else
  both([] { ++value; }, [] { value = 2; });
#endif
  return 0;
}
