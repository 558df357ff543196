// SPDX-License-Identifier: Apache-2.0
// Any number of threads may read what was written before they began.
#include <cstdlib>
#include <thread>
#include <vector>

int main() {
  std::vector<int> values(100, 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      long sum = 0;
      for (const int value : values) sum += value;
      if (sum != 100) std::abort();
    });
  }
  for (std::thread& each : threads) each.join();
  values[0] = 2;
  return 0;
}
