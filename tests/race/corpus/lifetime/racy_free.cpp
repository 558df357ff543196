// SPDX-License-Identifier: Apache-2.0
// Giving a block back while another thread uses it.
#include <thread>
#include "../unordered.h"

int main() {
  auto* cell = new int(1);
  thread_turns order;
  std::thread other([&] {
    *cell = 2;
    order.done(1);
  });
  order.wait(1);
  delete cell;
  other.join();
  return 0;
}
