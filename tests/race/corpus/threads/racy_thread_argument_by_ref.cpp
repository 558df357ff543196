// SPDX-License-Identifier: Apache-2.0
// std::ref to a local of the parent.
#include <functional>
#include <thread>

int main() {
  int value = 1;
  std::thread other([](int& of) { of = 3; }, std::ref(value));
  value = 2;
  other.join();
  return 0;
}
