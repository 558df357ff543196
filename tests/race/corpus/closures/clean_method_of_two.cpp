// SPDX-License-Identifier: Apache-2.0
// Member functions of two objects.
#include "../unordered.h"

struct counter {
  int value = 0;
  void add() { ++value; }
};
int main() {
  counter one, two;
  both([&] { one.add(); }, [&] { two.add(); });
  return 0;
}
