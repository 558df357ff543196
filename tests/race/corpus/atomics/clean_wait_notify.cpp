// SPDX-License-Identifier: Apache-2.0
// atomic wait and notify, and seq_cst by default.
#include <atomic>
#include <thread>

std::atomic<int> state = 0;
int value = 0;
int main() {
  std::thread other([] {
    value = 9;
    state = 1;
    state.notify_all();
  });
  state.wait(0);
  const int seen = value;
  other.join();
  return seen - 9;
}
