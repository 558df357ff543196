// SPDX-License-Identifier: Apache-2.0
// A jthread joins when it is destroyed.
#include <stop_token>
#include <thread>

int value = 0;
int main() {
  {
    const std::jthread other([] { value = 1; });
  }
  return value - 1;
}
