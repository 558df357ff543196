// SPDX-License-Identifier: Apache-2.0
// An element of an array from new[].
#include "../unordered.h"

struct item {
  int value = 0;
  ~item() { use(value); }
};
int main() {
  auto* const items = new item[5];
  both([=] { items[4].value = 1; }, [=] { items[4].value = 2; });
  delete[] items;
  return 0;
}
