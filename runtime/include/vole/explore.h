// SPDX-License-Identifier: Apache-2.0
// Running a function under controlled schedules, until one is found under which it fails.
//
//   TEST(account, keeps_its_sum) {
//     const auto transfer = [] {
//       account a(100);
//       vole::wait_group done;
//       for (int i = 0; i < 2; ++i) done.go([&] { a.withdraw(60); });
//       done.wait();
//       if (a.balance() < 0) throw std::runtime_error("overdrawn");
//     };
//     const auto found = vole::explore(transfer, {.runs = 500, .policy = "pct:depth=3"});
//     EXPECT_FALSE(found) << *found << ": " << found.failure;   // v1:0:3a12b.40: exception: ...
//   }
//   ... vole::replay("v1:0:3a12b.40", transfer);                // under a debugger, say
//
// A run. f is called in a goroutine of its own. It and all goroutines that it starts, directly or
// not, run one at a time. At each *scheduling point* the policy decides who goes on: before every
// operation of vole's (channels, select, locks, wait groups, once, conditions, maps, pools,
// semaphores, contexts, timers), after go(), at yield(), at every wait; in race mode also before
// every atomic access of instrumented code. It decides which of several ready cases a select takes,
// too. Between two points a goroutine runs undisturbed, so a run is a function of its decisions.
// Time is virtual, as in <vole/synctest.h>: it stands still while anybody can run, and jumps to the
// next timer when nobody can. synctest::wait() and sleep() work in f; test() does not.
//
// A run fails by
//   exception  that leaves f, or the function of one of its goroutines;
//   deadlock   nobody can ever go on, and f has not returned;
//   leak       likewise, and f has returned: some are left behind, blocked for ever;
//   too long   more scheduling points than options.points: a livelock, mostly;
//   data race  one that the race detector sees (race mode), reported before or not.
// The first failing run ends the exploration. Its goroutines that are left never run again, and
// what lies on their stacks is never destroyed.
//
// Policies
//   random                  a random walk: everybody who is ready is as likely to go on
//   pct:depth=D             PCT: random priorities and D - 1 random preemptions; D is 3. Finds a
//   bug
//                           that D - 1 preemptions at the right moments bring about with a known
//                           probability (docs/EXPLORE.md). length=N guesses the first run's length
//   dfs:preemptions=P       every schedule with at most P preemptions (2), one after the other, and
//                           then no more: is_exhausted. Timers of one instant keep one order
//   ...,seed=S              for random and pct: instead of options.seed
//
// What is asked of f: that it does the same whenever its schedule is the same. It starts from the
// same state each time, and depends on no addresses, no real time, no random device. Out of control
// are threads of its own (std::thread) and real input and output: a wait for input or output in a
// run is fatal, and so is a thread from outside that wakes one of its goroutines. A std::mutex must
// not be held over a scheduling point: who waits for it stops everything. So does a loop that waits
// for a plain or atomic variable without yield() where atomics are no scheduling points.
//
// A program as a whole: VOLE_SCHED=pct:depth=3,seed=42 (random likewise) makes main the f, without
// a limit on points; exceptions and deadlocks are what they always are. The same seed gives the
// same order.
#pragma once

#include <vole/detail/annotations.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace vole {

struct explore_options {
  std::size_t runs = 1000;  // at most
  std::string_view policy = "random";
  std::uint64_t seed = 1;
  std::uint32_t points = 1'000'000;  // of one run; more is a failure; 0: no limit
  bool shrink = true;  // tries to leave decisions out of the schedule, in some hundred more runs
};

// What was found: the failing schedule, a short printable string; or nothing.
struct exploration : std::optional<std::string> {
  std::string failure;        // "exception: overdrawn", "deadlock: ..." with tracebacks; or empty
  std::size_t runs = 0;       // how many there were, those of the shrinking not counted
  bool is_exhausted = false;  // dfs: every schedule within its bound has been run
  std::uint64_t order = 0;    // a hash of what happened in what order in the last run: same order,
                              // same hash
};

namespace detail {
exploration explore_core(void (*body)(void* f), void* f, const explore_options& options);
exploration replay_core(std::string_view schedule, void (*body)(void* f), void* f);

// Calls what the pointer at `at` points to: a function, or an object.
template <class F>
void call_explored(void* at) {
  static_cast<void>((**static_cast<F**>(at))());
}
}  // namespace detail

// Runs f() under schedules that the policy chooses, until one fails or there have been
// options.runs. Blocks; may be called from any goroutine or thread, several beside each other.
// Throws vole::panic: for a policy that is none (which position, what was expected), when the
// caller is in a run or a synctest bubble itself, and when f does not repeat itself.
template <class F>
VOLE_PARKS VOLE_WAITS exploration explore(F&& f, const explore_options& options = {}) {
  static_assert(std::is_invocable_v<F&>, "explore() takes a function without arguments");
  std::remove_reference_t<F>* function = std::addressof(f);
  return detail::explore_core(&detail::call_explored<std::remove_reference_t<F>>, &function,
                              options);
}

// Runs f() once, exactly as under that schedule, and says again what became of it. Throws
// vole::panic for a string that is no schedule (which position, what was expected), and when f does
// not follow it: then it is another f, or one that does not repeat itself.
template <class F>
VOLE_PARKS VOLE_WAITS exploration replay(std::string_view schedule, F&& f) {
  static_assert(std::is_invocable_v<F&>, "replay() takes a function without arguments");
  std::remove_reference_t<F>* function = std::addressof(f);
  return detail::replay_core(schedule, &detail::call_explored<std::remove_reference_t<F>>,
                             &function);
}

}  // namespace vole
