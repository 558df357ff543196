// SPDX-License-Identifier: Apache-2.0
// The last owner of a shared_ptr destroys what all of them have used.
#include <memory>
#include <thread>
#include <vector>

struct node {
  int values[4] = {};
  ~node() { values[0] = -1; }
};
int main() {
  for (int round = 0; round < 50; ++round) {
    auto shared = std::make_shared<node>();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([mine = shared, i] { mine->values[i] = i; });
    shared.reset();
    for (std::thread& each : threads) each.join();
  }
  return 0;
}
