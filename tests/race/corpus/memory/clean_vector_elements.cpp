// SPDX-License-Identifier: Apache-2.0
// Each thread has an element of its own.
#include <thread>
#include <vector>

int main() {
  std::vector<int> values(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&, i] { values[i] = i; });
  for (std::thread& each : threads) each.join();
  return values[3] - 3;
}
