// SPDX-License-Identifier: Apache-2.0
// A thread's start and its join order it with its maker.
#include <thread>

int value = 0;
int main() {
  value = 1;
  std::thread other([] { value = 2; });
  other.join();
  value = 3;
  return 0;
}
