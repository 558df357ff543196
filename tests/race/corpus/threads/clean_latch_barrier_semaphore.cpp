// SPDX-License-Identifier: Apache-2.0
// C++20's latch, barrier and semaphore order what stands around them.
#include <barrier>
#include <latch>
#include <semaphore>
#include <thread>

int cells[3];
int sum = 0;
int main() {
  std::latch begun(3);
  std::barrier<> all(3);
  std::counting_semaphore<> turn(1);
  auto work = [&](int i) {
    cells[i] = i;
    begun.arrive_and_wait();
    const int neighbour = cells[(i + 1) % 3];
    all.arrive_and_wait();
    cells[i] = neighbour;
    turn.acquire();
    sum += cells[i];
    turn.release();
  };
  std::thread a(work, 0), b(work, 1), c(work, 2);
  a.join();
  b.join();
  c.join();
  return sum - 3;
}
