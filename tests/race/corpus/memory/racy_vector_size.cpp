// SPDX-License-Identifier: Apache-2.0
// push_back changes the size that another thread asks for.
#include <thread>
#include <vector>

int main() {
  std::vector<int> values;
  values.reserve(10);
  std::size_t seen = 0;
  std::thread other([&] { values.push_back(1); });
  seen = values.size();
  other.join();
  return seen == 77;
}
