// SPDX-License-Identifier: Apache-2.0
// What the corpus says again and again: parts of a program that nothing orders, although all run in
// every run.
//   both(f, g)              in goroutines of their own; returns when they have ended
//   in_turn(f, g, ...)      the same, but each starts once the one before has ended: an order in
//   time that no
//                           happens-before edge tells; for races that would break the program if
//                           they came at once
//   both_threads, threads_in_turn    the same in std::threads
//   turns, thread_turns     done(n), wait(n): steps of such an order
//   use(value)              reads value, whatever the optimizer thinks of it
#pragma once

#include <atomic>
#include <thread>
#include <utility>

#include <vole/go.h>
#include <vole/wait_group.h>

template <void (*Yield)()>
class turns_of {
 public:
  void done(int turn) { last_.store(turn, std::memory_order_relaxed); }
  void wait(int turn) const {
    while (last_.load(std::memory_order_relaxed) < turn) Yield();
  }

 private:
  std::atomic<int> last_ = 0;
};
inline void yield_thread() { std::this_thread::yield(); }
using turns = turns_of<&vole::yield>;
using thread_turns = turns_of<&yield_thread>;

template <class F, class G>
void both(F f, G g) {
  vole::wait_group all;
  // By reference: a copy of a closure may copy a std::shared_ptr, and its count orders.
  all.go([&f] { f(); });
  all.go([&g] { g(); });
  all.wait();
}

template <class... F>
void in_turn(F... parts) {
  turns order;
  vole::wait_group all;
  int turn = 0;
  (all.go([&order, &parts, mine = turn++] {
    order.wait(mine);
    parts();
    order.done(mine + 1);
  }),
   ...);
  all.wait();
}

template <class F, class G>
void both_threads(F f, G g) {
  std::thread one(std::move(f)), two(std::move(g));
  one.join();
  two.join();
}

template <class F, class G>
void threads_in_turn(F f, G g) {
  thread_turns order;
  both_threads(
      [&] {
        f();
        order.done(1);
      },
      [&] {
        order.wait(1);
        g();
      });
}

template <class T>
void use(const T& value) {
  asm volatile("" : : "r"(value));
}
