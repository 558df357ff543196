// SPDX-License-Identifier: Apache-2.0
// Two members of a union are the same bytes.
#include "../unordered.h"

union {
  int number;
  float real;
} value;
int main() {
  both([] { value.number = 1; }, [] { value.real = 2; });
  return 0;
}
