// SPDX-License-Identifier: Apache-2.0
// A call that throws does not count; the next one does.
#include <atomic>
#include <mutex>
#include <stdexcept>

#include "../unordered.h"

int value = 0;
std::once_flag first;
std::atomic<int> calls = 0;
void call() {
  try {
    std::call_once(first, [] {
      if (calls.fetch_add(1, std::memory_order_relaxed) == 0) throw std::runtime_error("not yet");
      value = 42;
    });
    use(value);
  } catch (const std::runtime_error&) {
  }
}
int main() {
  both_threads(
      [] {
        call();
        call();
      },
      [] {
        call();
        call();
      });
  return value - 42;
}
