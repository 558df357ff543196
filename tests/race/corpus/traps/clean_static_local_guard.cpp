// SPDX-License-Identifier: Apache-2.0
// The initialization of a static local is before every use.
#include "../unordered.h"

struct table {
  int entry[16];
  table() {
    for (int i = 0; i < 16; ++i) entry[i] = i;
  }
};
const table& get() {
  static const table only;
  return only;
}
int main() {
  const auto read = [] { use(get().entry[7]); };
  both(read, read);
  return 0;
}
