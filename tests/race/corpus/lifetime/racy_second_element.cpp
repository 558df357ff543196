// SPDX-License-Identifier: Apache-2.0
// A grown vector moves its elements while another thread reads one.
#include <thread>
#include <vector>

int main() {
  std::vector<int> values(1, 1);
  int seen = 0;
  std::thread other([&] { seen = values[0]; });
  for (int i = 0; i < 100; ++i) values.push_back(i);
  other.join();
  return seen == 77;
}
