// SPDX-License-Identifier: Apache-2.0
// What is written after set_value is not ordered.
#include <future>

#include "../unordered.h"

int value = 0;
int main() {
  std::promise<int> promise;
  auto future = promise.get_future();
  both_threads(
      [&] {
        promise.set_value(1);
        value = 1;
      },
      [&] {
        future.get();
        value = 2;
      });
  return 0;
}
