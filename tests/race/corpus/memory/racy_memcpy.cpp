// SPDX-License-Identifier: Apache-2.0
// A copy reads what another thread writes.
#include <cstring>
#include <thread>

char source[64], target[64];
int main(int count, char**) {
  std::thread other([] { source[60] = 1; });
  std::memcpy(target, source, static_cast<std::size_t>(count) * 64);
  other.join();
}
