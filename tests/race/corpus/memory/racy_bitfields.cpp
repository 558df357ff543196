// SPDX-License-Identifier: Apache-2.0
// Bit-fields that share a byte are one memory location.
#include <thread>

struct {
  unsigned a : 3;
  unsigned b : 3;
} flags;
int main() {
  std::thread other([] { flags.a = 1; });
  flags.b = 2;
  other.join();
  return 0;
}
