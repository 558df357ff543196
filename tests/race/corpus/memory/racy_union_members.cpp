// SPDX-License-Identifier: Apache-2.0
// Two members of a union are the same bytes.
#include "../unordered.h"

union word {
  int number;
  float real;
};
word value;
int main() {
  both([] { value.number = 1; }, [] { value.real = 2; });
  return 0;
}
