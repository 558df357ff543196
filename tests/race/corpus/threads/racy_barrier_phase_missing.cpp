// SPDX-License-Identifier: Apache-2.0
// Only one wait for a round: the next write meets the neighbour's read.
#include <barrier>

#include "../unordered.h"

int values[2];
int main() {
  std::barrier phase(2);
  const auto work = [&](int own) {
    for (int i = 0; i < 10; ++i) {
      values[own] = i;
      phase.arrive_and_wait();
      use(values[1 - own]);
    }
  };
  both_threads([&] { work(0); }, [&] { work(1); });
  return 0;
}
