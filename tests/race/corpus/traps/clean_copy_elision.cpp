// SPDX-License-Identifier: Apache-2.0
// A returned object is built in the caller's place.
#include "../unordered.h"

struct big {
  int part[32];
};
big make(int value) {
  big one;
  for (int& part : one.part) part = value;
  return one;
}
int main() {
  const auto work = [] {
    const big own = make(7);
    use(own.part[31]);
  };
  both(work, work);
  return 0;
}
