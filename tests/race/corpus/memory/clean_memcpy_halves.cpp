// SPDX-License-Identifier: Apache-2.0
// Two copies of disjoint halves of one array.
#include <cstring>
#include <thread>

char source[128], target[128];
int main() {
  std::thread other([] { std::memcpy(target, source, 61); });
  std::memcpy(target + 61, source + 61, 67);
  other.join();
  return 0;
}
