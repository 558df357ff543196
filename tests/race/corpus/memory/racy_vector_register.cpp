// SPDX-License-Identifier: Apache-2.0
// A vector of 16 bytes against one of its floats.
#include "../unordered.h"

typedef float four __attribute__((vector_size(16)));
union word {
  four all;
  float one[4];
};
word value;
int main() {
  both([] { value.all = value.all + 1; }, [] { value.one[3] = 2; });
  return 0;
}
