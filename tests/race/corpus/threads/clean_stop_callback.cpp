// SPDX-License-Identifier: Apache-2.0
// A stop_callback runs after what the requester wrote.
#include <atomic>
#include <stop_token>
#include <thread>

#include "../unordered.h"

int value = 0;
int main() {
  std::stop_source source;
  std::atomic<bool> is_waiting = false;
  both_threads(
      [&] {
        const std::stop_callback call(source.get_token(), [] { use(value); });
        is_waiting = true;
        while (!source.stop_requested()) std::this_thread::yield();
      },
      [&] {
        while (!is_waiting) std::this_thread::yield();
        value = 1;
        source.request_stop();
      });
  return 0;
}
