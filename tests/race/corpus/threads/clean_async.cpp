// SPDX-License-Identifier: Apache-2.0
// std::async and its future.
#include <future>

int value = 0;
int main() {
  auto future = std::async(std::launch::async, [] { value = 1; });
  future.get();
  return value - 1;
}
