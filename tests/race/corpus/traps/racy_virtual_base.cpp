// SPDX-License-Identifier: Apache-2.0
// A member of a virtual base, reached over two ways.
#include "../unordered.h"

struct base {
  int value = 0;
};
struct left : virtual base {};
struct right : virtual base {};
struct both_sides : left, right {};
both_sides one;
int main() {
  left* const l = &one;
  right* const r = &one;
  both([l] { l->value = 1; }, [r] { r->value = 2; });
  return 0;
}
