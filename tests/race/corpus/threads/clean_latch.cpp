// SPDX-License-Identifier: Apache-2.0
// count_down is before the return of wait.
#include <latch>
#include <thread>
#include <vector>

int values[4];
int main() {
  std::latch all(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&all, i] {
      values[i] = i;
      all.count_down();
    });
  all.wait();
  const int last = values[3];
  for (auto& one : threads) one.join();
  return last - 3;
}
