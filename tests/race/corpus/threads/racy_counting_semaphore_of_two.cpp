// SPDX-License-Identifier: Apache-2.0
// Two who are inside a semaphore of two at once.
#include <semaphore>

#include "../unordered.h"

std::counting_semaphore<2> room(2);
int value = 0;
int main() {
  thread_turns order;
  const auto work = [&](int turn) {
    room.acquire();
    order.wait(turn);
    ++value;
    order.done(turn + 1);
    order.wait(2);
    room.release();
  };
  both_threads([&] { work(0); }, [&] { work(1); });
  return 0;
}
