// SPDX-License-Identifier: Apache-2.0
// A thread writes a local variable that it captured by reference; its owner writes it, too.
#include <thread>

int main() {
  int local = 0;
  std::thread other([&] { ++local; });
  ++local;
  other.join();
  return local == 0;
}
