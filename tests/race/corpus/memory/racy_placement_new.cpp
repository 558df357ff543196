// SPDX-License-Identifier: Apache-2.0
// A new object in the place of one that another reads.
#include <new>

#include "../unordered.h"

struct box {
  int value = 7;
};
alignas(box) unsigned char room[sizeof(box)];
int main() {
  auto* const first = new (room) box;
  both([] { new (room) box; }, [first] { use(first->value); });
  return 0;
}
