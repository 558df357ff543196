// SPDX-License-Identifier: Apache-2.0
// All who get learn the past of who set.
#include <future>
#include <thread>

#include "../unordered.h"

int value = 0;
int main() {
  std::promise<void> promise;
  const std::shared_future<void> future = promise.get_future().share();
  std::thread other([future] {
    future.wait();
    use(value);
  });
  value = 1;
  promise.set_value();
  other.join();
  return 0;
}
