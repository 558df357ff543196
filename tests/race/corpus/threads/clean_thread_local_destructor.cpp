// SPDX-License-Identifier: Apache-2.0
// Destructors of thread_local objects run before the join.
#include <thread>

int value = 0;
struct adder {
  int amount = 0;
  ~adder() { value += amount; }
};
thread_local adder at_end;
int main() {
  std::thread other([] { at_end.amount = 4; });
  other.join();
  return value - 4;
}
