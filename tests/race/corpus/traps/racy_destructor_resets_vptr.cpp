// SPDX-License-Identifier: Apache-2.0
// The destructor sets the vptr back while another still calls.
#include <new>

#include "../unordered.h"

struct animal {
  virtual ~animal() { use(legs()); }
  virtual int legs() const { return 4; }
};
struct bird : animal {
  ~bird() override { use(legs()); }
  int legs() const override { return 2; }
};
alignas(bird) unsigned char room[sizeof(bird)];
int main() {
  animal* const one = new (room) bird;
  in_turn([one] { use(one->legs()); }, [one] { one->~animal(); });
  return 0;
}
