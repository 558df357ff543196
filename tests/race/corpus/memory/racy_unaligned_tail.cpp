// SPDX-License-Identifier: Apache-2.0
// The last byte of a packed integer lies in the next 8 bytes.
#include <cstring>

#include "../unordered.h"

struct __attribute__((packed)) {
  char pad[5];
  int value;
} box __attribute__((aligned(8)));
int main() {
  char* const tail = reinterpret_cast<char*>(&box) + 8;
  both([] { box.value = 1; }, [tail] { *tail = 2; });
  return 0;
}
