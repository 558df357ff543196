// SPDX-License-Identifier: Apache-2.0
// A const member function that fills a cache.
#include "../unordered.h"

struct shape {
  mutable int area = 0;
  int get() const {
    if (area == 0) area = 42;
    return area;
  }
};
int main() {
  const shape one;
  const auto read = [&] { use(one.get()); };
  in_turn(read, read);
  return 0;
}
