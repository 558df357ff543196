// SPDX-License-Identifier: Apache-2.0
// A block that another thread has given back has no past.
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

void churn() {
  for (int i = 0; i < 2000; ++i) {
    auto* block = static_cast<char*>(std::malloc(40));
    std::memset(block, i, 40);
    std::free(block);
    std::vector<int> grown;
    for (int k = 0; k < 20; ++k) grown.push_back(k);
  }
}
int main() {
  std::thread a(churn), b(churn);
  a.join();
  b.join();
  return 0;
}
