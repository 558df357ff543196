// SPDX-License-Identifier: Apache-2.0
// std::scoped_lock of two std::mutexes in either order.
#include <mutex>

#include "../unordered.h"

int value = 0;
std::mutex one, two;
int main() {
  both_threads(
      [] {
        const std::scoped_lock hold(one, two);
        ++value;
      },
      [] {
        const std::scoped_lock hold(two, one);
        ++value;
      });
  return value - 2;
}
