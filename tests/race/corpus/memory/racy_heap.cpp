// SPDX-License-Identifier: Apache-2.0
// A thread reads a heap object that another writes.
#include <memory>
#include <thread>

int main() {
  const auto cell = std::make_unique<long>(0);
  long seen = 0;
  std::thread other([&] { *cell = 1; });
  seen = *cell;
  other.join();
  return seen == 77;
}
