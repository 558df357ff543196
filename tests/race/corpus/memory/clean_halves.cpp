// SPDX-License-Identifier: Apache-2.0
// Two halves of a word that is never accessed whole.
#include <thread>

struct {
  int low, high;
} pair_of_ints;
int main() {
  std::thread other([] { pair_of_ints.low = 1; });
  pair_of_ints.high = 2;
  other.join();
  return pair_of_ints.low + pair_of_ints.high - 3;
}
