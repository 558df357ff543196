// SPDX-License-Identifier: Apache-2.0
// A static member of a class.
#include "../unordered.h"

struct counter {
  static inline int made = 0;
  counter() { ++made; }
};
int main() {
  both([] { const counter one; }, [] { const counter two; });
  return 0;
}
