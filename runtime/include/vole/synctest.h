// SPDX-License-Identifier: Apache-2.0
// Testing concurrent code: a bubble of goroutines with a clock of its own, as Go's
// testing/synctest.
//
//   TEST(session, expires_after_a_minute) {
//     vole::synctest::test([] {
//       session s(60s);                 // starts goroutines, timers, contexts
//       vole::sleep(59s);               // takes no time
//       vole::synctest::wait();         // everybody else has done what there was to do
//       EXPECT_TRUE(s.is_open());
//       vole::synctest::sleep(1s);      // sleep, and wait
//       EXPECT_FALSE(s.is_open());
//       s.close();
//     });
//   }
//
// Everything that the body starts, directly or not, belongs to its bubble. There steady_clock,
// system_clock, sleep, timers, tickers and the deadlines of contexts go by the bubble's clock: it
// starts at midnight UTC of 2000-01-01 and stands still while anybody in the bubble has something
// to do. When every goroutine is *durably blocked*, it jumps to the next timer. Timers of the same
// instant fire in a random order.
//
// Durably blocked is who waits for what only the bubble itself can bring about: a channel made in
// the bubble (a select: if that holds for all of its channels), a nil channel, a sleep, a condition
// variable, a wait group whose add() was called in the bubble, wait(). A mutex, a channel from
// outside, input and output, and a system call are not: somebody else may end such a wait, so the
// bubble waits with it.
//
// Channels, timers and wait groups made in a bubble are for its goroutines only; for others to use
// them is fatal, with Go's words.
#pragma once

#include <vole/detail/annotations.h>
#include <vole/time.h>

#include <memory>
#include <type_traits>

namespace vole::synctest {

namespace detail {
void run(void (*body)(void* f), void* f);
// After a call of run: see <vole/detail/spawn.h>.
[[gnu::always_inline]] inline void no_tail_call() { asm volatile("" ::: "memory"); }
}  // namespace detail

// Runs f() in a goroutine that is the first of a new bubble, and returns when f and every goroutine
// of the bubble have ended; once f has returned, the bubble's time stands still. Blocks; may be
// called from any goroutine or thread, several tests beside each other. What the bubble did happens
// before its return.
//
// Throws what f throws (the other goroutines have ended or are blocked then), and otherwise
//   vole::deadlock  "deadlock: all goroutines in bubble are blocked", or "deadlock: main bubble
//                   goroutine has exited but blocked goroutines remain", followed by the tracebacks
//                   of the bubble. The goroutines that remain never run again; they are counted and
//                   reported no more.
//   vole::panic     "synctest.Run called from within a synctest bubble"
// goexit() in f ends f. An exception that leaves another goroutine ends the process, as always.
template <class F>
VOLE_PARKS VOLE_WAITS [[gnu::always_inline]] inline void test(F&& f) {
  static_assert(std::is_invocable_v<F&>, "synctest::test takes a function without arguments");
  using function = std::remove_reference_t<F>;
  detail::run([](void* at) { static_cast<void>((*static_cast<function*>(at))()); },
              const_cast<void*>(static_cast<const void*>(std::addressof(f))));
  detail::no_tail_call();
}

// Returns when every other goroutine of the bubble is durably blocked or has ended. What they did
// until then happens before its return. One at a time in a bubble. Throws vole::panic: "goroutine
// is not in a bubble", "wait already in progress".
VOLE_PARKS VOLE_WAITS void wait();

// vole::sleep(d), then wait(): whatever is due at that instant has been done, too.
VOLE_PARKS VOLE_WAITS void sleep(duration d);

// True in a goroutine of a bubble.
bool is_in_bubble();

}  // namespace vole::synctest
