// SPDX-License-Identifier: Apache-2.0
// An object changes its dynamic type under a virtual call.
#include <new>

#include "../unordered.h"

struct animal {
  virtual ~animal() = default;
  virtual int legs() const { return 4; }
};
struct bird : animal {
  int legs() const override { return 2; }
};
alignas(bird) unsigned char room[sizeof(bird)];
int main() {
  animal* const one = new (room) animal;
  in_turn([one] { use(one->legs()); }, [] { new (room) bird; });
  return 0;
}
