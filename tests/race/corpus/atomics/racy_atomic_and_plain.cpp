// SPDX-License-Identifier: Apache-2.0
// An atomic write and a plain read of the same bytes.
#include <atomic>
#include <thread>

alignas(int) int shared = 0;
int main() {
  std::thread other([] { std::atomic_ref(shared).store(1); });
  const int seen = shared;
  other.join();
  return seen == 77;
}
