// SPDX-License-Identifier: Apache-2.0
// A wait on a std::condition_variable that timed out.
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "../unordered.h"

int value = 0;
std::mutex lock;
std::condition_variable changed;
int main() {
  threads_in_turn([] { value = 1; },
                  [] {
                    std::unique_lock hold(lock);
                    changed.wait_for(hold, std::chrono::milliseconds(1));
                    value = 2;
                  });
  return 0;
}
