// SPDX-License-Identifier: Apache-2.0
// The address of a thread_local leaks to another thread.
#include "../unordered.h"

thread_local int own = 0;
int* leaked = nullptr;
int main() {
  thread_turns order;
  both_threads(
      [&] {
        leaked = &own;
        order.done(1);
        own = 1;
        order.wait(2);
      },
      [&] {
        order.wait(1);
        *leaked = 2;
        order.done(2);
      });
  return 0;
}
