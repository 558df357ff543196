// SPDX-License-Identifier: Apache-2.0
// A fill writes what another thread reads.
#include <cstring>
#include <thread>

char block[256];
int main(int count, char**) {
  int seen = 0;
  std::thread other([&] { seen = block[255]; });
  std::memset(block, count, sizeof block);
  other.join();
  return seen == 77;
}
