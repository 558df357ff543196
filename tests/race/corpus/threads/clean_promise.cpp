// SPDX-License-Identifier: Apache-2.0
// set_value is before the return of get.
#include <future>

#include "../unordered.h"

int value = 0;
int main() {
  std::promise<int> promise;
  both_threads(
      [&] {
        value = 1;
        promise.set_value(1);
      },
      [&] {
        use(promise.get_future().get());
        use(value);
      });
  return 0;
}
