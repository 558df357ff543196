// SPDX-License-Identifier: Apache-2.0
// A bounded queue of a mutex and two conditions.
#include <condition_variable>
#include <deque>
#include <mutex>

#include "../unordered.h"

std::mutex lock;
std::condition_variable not_empty, not_full;
std::deque<int> items;
int main() {
  int sum = 0;
  both_threads(
      [] {
        for (int i = 0; i < 50; ++i) {
          std::unique_lock hold(lock);
          not_full.wait(hold, [] { return items.size() < 4; });
          items.push_back(i);
          not_empty.notify_one();
        }
      },
      [&] {
        for (int i = 0; i < 50; ++i) {
          std::unique_lock hold(lock);
          not_empty.wait(hold, [] { return !items.empty(); });
          sum += items.front();
          items.pop_front();
          not_full.notify_one();
        }
      });
  return sum - 1225;
}
