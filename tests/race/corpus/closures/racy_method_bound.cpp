// SPDX-License-Identifier: Apache-2.0
// A bound member function writes its object.
#include <functional>

#include "../unordered.h"

struct counter {
  int value = 0;
  void add() { ++value; }
};
int main() {
  counter one;
  both(std::bind(&counter::add, &one), std::bind(&counter::add, &one));
  return 0;
}
