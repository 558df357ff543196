// SPDX-License-Identifier: Apache-2.0
// A copy reads what another thread writes.
#include <cstring>
#include <thread>

char source[64], target[64];
volatile std::size_t length = 64;
int main() {
  std::thread other([] { source[60] = 1; });
  std::memcpy(target, source, length);
  other.join();
  return 0;
}
