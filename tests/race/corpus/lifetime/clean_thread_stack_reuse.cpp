// SPDX-License-Identifier: Apache-2.0
// A thread on the stack of one that was never joined by it.
#include <atomic>
#include <cstdlib>
#include <thread>

void use_stack(int n) {
  int values[256];
  for (int& each : values) each = n;
  const auto sum = [&](int* from) { return from[n]; };
  if (sum(values) != n) std::abort();
}
int main() {
  for (int i = 0; i < 30; ++i) {
    std::atomic<bool> is_done = false;
    std::thread([&, i] {
      use_stack(i);
      is_done.store(true);
    }).detach();
    while (!is_done.load()) std::this_thread::yield();
  }
  return 0;
}
