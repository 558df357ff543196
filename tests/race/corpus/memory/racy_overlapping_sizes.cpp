// SPDX-License-Identifier: Apache-2.0
// A write of eight bytes overlaps the last two of a write through a struct.
#include <thread>

union view {
  long whole;
  short quarters[4];
};
view shared;
int main() {
  std::thread other([] { shared.whole = 1; });
  shared.quarters[3] = 2;
  other.join();
  return 0;
}
