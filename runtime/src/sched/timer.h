// SPDX-License-Identifier: Apache-2.0
// One-shot and periodic calls at a time: what sleep, timers, tickers and context deadlines are made
// of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::sched {

// Nanoseconds of the scheduler's clock (CLOCK_MONOTONIC; virtual inside a synctest bubble, by a
// later driver).
std::int64_t now_ns();

// Owned by the caller, who must cancel() before its storage goes. Not copied, not moved while
// armed.
struct timer_entry {
  // Called at the deadline on a thread of the runtime (no current goroutine), with no lock held: it
  // must not park, block or throw; it may ready() goroutines, spawn them, and arm timers, this one
  // included.
  void (*fire)(timer_entry& self) = nullptr;
  std::int64_t deadline_ns = 0;
  std::int64_t period_ns =
      0;  // > 0: armed again for deadline + k * period after each fire, as Go's tickers
  std::size_t heap_index = SIZE_MAX;  // sched's own; SIZE_MAX: not armed
  bool is_firing = false;             // sched's own
};

// Arms `entry` (which must not be armed) for entry.deadline_ns. A deadline in the past fires soon.
void arm(timer_entry& entry);

// Disarms. True when it was armed, that is, when this call prevented a fire. When it returns,
// fire() is not running on another thread and will not run: it waits for a running fire() to end,
// so never call it with a lock held that fire() takes. Called from within its own fire() it does
// not wait.
bool cancel(timer_entry& entry);

}  // namespace vole::sched
