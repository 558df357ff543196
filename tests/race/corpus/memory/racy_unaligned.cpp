// SPDX-License-Identifier: Apache-2.0
// A packed integer across a boundary of 8 bytes.
#include "../unordered.h"

struct __attribute__((packed)) {
  char pad[6];
  int value;
} box __attribute__((aligned(8)));
int main() {
  both([] { box.value = 1; }, [] { use(box.value); });
  return 0;
}
