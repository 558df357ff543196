// SPDX-License-Identifier: Apache-2.0
// A fill writes what another thread reads.
#include <cstring>
#include <thread>

char block[256];
volatile int fill = 1;
int main() {
  int seen = 0;
  std::thread other([&] { seen = block[255]; });
  std::memset(block, fill, sizeof block);
  other.join();
  return seen == 77;
}
