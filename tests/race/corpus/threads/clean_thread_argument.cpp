// SPDX-License-Identifier: Apache-2.0
// Arguments of a thread are copied before it starts.
#include <thread>

#include "../unordered.h"

int main() {
  int value = 1;
  std::thread other([](int own) { use(own); }, value);
  value = 2;
  use(value);
  other.join();
  return 0;
}
