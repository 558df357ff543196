// SPDX-License-Identifier: Apache-2.0
// A packaged_task run by another thread.
#include <future>
#include <thread>
#include <utility>

int main() {
  int value = 0;
  std::packaged_task<void()> task([&] { value = 1; });
  auto future = task.get_future();
  std::thread other(std::move(task));
  future.get();
  const int seen = value;
  other.join();
  return seen - 1;
}
