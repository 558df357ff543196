// SPDX-License-Identifier: Apache-2.0
// A semaphore of two excludes only the third.
#include <semaphore>

#include "../unordered.h"

int value = 0;
std::counting_semaphore<2> room(2);
int main() {
  const auto work = [] {
    room.acquire();
    ++value;
    room.release();
  };
  both_threads(work, work);
  return 0;
}
