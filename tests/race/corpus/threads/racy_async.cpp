// SPDX-License-Identifier: Apache-2.0
// The parent writes while the task runs.
#include <future>

int value = 0;
int main() {
  auto future = std::async(std::launch::async, [] { value = 1; });
  value = 2;
  future.get();
  return 0;
}
