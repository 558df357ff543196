// SPDX-License-Identifier: Apache-2.0
// Two who sleep until the same moment.
#include <chrono>

#include <vole/time.h>

#include "../unordered.h"

int value = 0;
int main() {
  const auto work = [] {
    vole::sleep(std::chrono::milliseconds(1));
    ++value;
  };
  in_turn(work, work);
  return 0;
}
