// SPDX-License-Identifier: Apache-2.0
// A thread that was joined by a thread that was joined.
#include <thread>

int value = 0;
int main() {
  std::thread outer([] {
    std::thread inner([] { value = 1; });
    inner.join();
  });
  outer.join();
  return value - 1;
}
