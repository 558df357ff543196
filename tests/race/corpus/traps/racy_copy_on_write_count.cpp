// SPDX-License-Identifier: Apache-2.0
// A reference count of one's own that is a plain integer.
#include "../unordered.h"

struct text {
  int owners = 1;
};
int main() {
  text shared;
  const auto take = [&] { ++shared.owners; };
  in_turn(take, take);
  return 0;
}
