// SPDX-License-Identifier: Apache-2.0
// What is written after count_down is not ordered.
#include <latch>
#include <thread>

int value = 0;
int main() {
  std::latch all(1);
  std::thread other([&] {
    all.count_down();
    value = 1;
  });
  all.wait();
  value = 2;
  other.join();
  return 0;
}
