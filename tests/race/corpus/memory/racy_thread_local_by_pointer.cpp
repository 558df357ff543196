// SPDX-License-Identifier: Apache-2.0
// A thread_local whose address another thread has is shared as any variable is.
#include <vole/go.h>

#include <thread>

#include "../unordered.h"

thread_local int of_thread = 0;
[[gnu::noinline]] void write(int* to, int value) { *to = value; }

int main() {
  turns order;
  write(&of_thread, 1);
  std::thread other([&, theirs = &of_thread] {
    order.wait(1);
    write(theirs, 3);
  });
  write(&of_thread, 2);
  order.done(1);
  other.join();
  return 0;
}
