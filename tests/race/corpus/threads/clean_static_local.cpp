// SPDX-License-Identifier: Apache-2.0
// The first call makes a function-local static before any other uses it.
#include <thread>
#include <vector>

std::vector<int>& table() {
  static std::vector<int> values(50, 1);
  return values;
}
int main() {
  std::thread a([] { table().at(1); }), b([] { table().at(2); });
  a.join();
  b.join();
  return table().at(3) - 1;
}
