// SPDX-License-Identifier: Apache-2.0
// One-shot and periodic calls at a time: what sleep, timers, tickers and context deadlines are made
// of. How they are kept: timer/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::sched {

class timer_shard;

inline constexpr std::int64_t kNever = INT64_MAX;  // later than any deadline

// Nanoseconds of the caller's clock: CLOCK_MONOTONIC; in a synctest bubble, the bubble's.
std::int64_t now_ns();

// now_ns + delay_ns, as far as the clock reaches.
constexpr std::int64_t later_ns(std::int64_t now_ns, std::int64_t delay_ns) noexcept {
  return delay_ns > INT64_MAX - now_ns ? INT64_MAX : now_ns + delay_ns;
}

// Owned by the caller, who must cancel() before its storage goes, unless it knows that the entry
// has fired. Not copied, not moved while armed. arm() and cancel() of one entry take turns; only
// its own fire() may run beside them.
struct timer_entry {
  // Called at the deadline on a thread of the runtime (no current goroutine), with no lock held: it
  // must not park, block or throw; it may ready() goroutines, spawn them, and arm timers, this one
  // included. A one-shot entry is not touched once it has been called.
  void (*fire)(timer_entry& self) = nullptr;
  std::int64_t deadline_ns = 0;
  std::int64_t period_ns =
      0;  // > 0: armed again for deadline + k * period before each fire, as Go's tickers
  // sched's own.
  timer_shard* shard = nullptr;           // where it was armed last; null: never
  std::uint32_t heap_index = UINT32_MAX;  // UINT32_MAX: not armed
  // With a synctest bubble whose time has stopped: `wants` makes it call fire() for an armed entry
  // all the same, by a goroutine, with `told` in its place.
  enum class end_of_time : std::uint8_t { ignores, wants, told };
  end_of_time end = end_of_time::ignores;
};
static_assert(sizeof(timer_entry) <= 40, "with its place in a heap, a timer takes 64 bytes");

// Before it is armed: lets `entry` go by the clock of the caller's synctest bubble, if there is
// one. An entry that nobody has bound goes by CLOCK_MONOTONIC, whoever arms it.
void bind_to_clock(timer_entry& entry) noexcept;
// The time by the clock that `entry` goes by.
std::int64_t now_ns_of(const timer_entry& entry) noexcept;

// Arms `entry` (which must not be armed) for entry.deadline_ns. A deadline in the past fires soon.
// Takes the lock of the calling processor's timers; wakes the timer thread only when nothing else
// is due before.
void arm(timer_entry& entry);

// Disarms. True when it was armed, that is, when this call prevented a fire. When it returns,
// fire() is not running on another thread and will not run: it waits for a running fire() to end,
// so never call it with a lock held that fire() takes. Called from within its own fire() it does
// not wait. An entry that was never armed costs a load.
bool cancel(timer_entry& entry);

}  // namespace vole::sched
