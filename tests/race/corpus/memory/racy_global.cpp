// SPDX-License-Identifier: Apache-2.0
// Two threads write a global variable, and nothing orders them.
#include <thread>

int counter = 0;
int main() {
  std::thread other([] { counter = 1; });
  counter = 2;
  other.join();
  return 0;
}
