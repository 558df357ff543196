// SPDX-License-Identifier: Apache-2.0
// The parent does not wait for its thread first.
#include <thread>

int value = 0;
int main() {
  std::thread other([] { value = 1; });
  value = 2;
  other.join();
  return 0;
}
