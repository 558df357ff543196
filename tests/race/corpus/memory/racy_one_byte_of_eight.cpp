// SPDX-License-Identifier: Apache-2.0
// One of eight neighbouring bytes is shared, the others are not: the race is still found.
#include <thread>

char bytes[8];
int main() {
  std::thread other([] {
    for (char& each : bytes) each = 1;
  });
  std::thread third([] { bytes[5] = 2; });
  other.join();
  third.join();
  return 0;
}
