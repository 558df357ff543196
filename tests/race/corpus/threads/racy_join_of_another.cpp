// SPDX-License-Identifier: Apache-2.0
// Joining one thread says nothing of the other.
#include <thread>

int value = 0;
int main() {
  std::thread one([] {}), two([] { value = 1; });
  one.join();
  value = 2;
  two.join();
  return 0;
}
