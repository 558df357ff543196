// SPDX-License-Identifier: Apache-2.0
// Timers with a lock of their own, and the gate that cancel() waits at while one of them fires.
//
// Each processor has a shard for the timers that are armed there, and the timer thread fires them
// all. A synctest bubble has one of its own, which whoever advances the bubble's clock fires.
//
// How cancel() knows that a fire is over
//   firer      1. under the shard's lock: takes the entry out, writes it into gate.firing;
//              2. drops the lock and calls fire();
//              3. writes something else into gate.firing, then reads gate.waiters, and wakes them.
//   canceller  1. takes the shard's lock: the entry is there, and no fire is to come; or it is not,
//                 and the firer's step 1 is seen;
//              2. while gate.firing is the entry: counts itself into gate.waiters, looks again,
//                 sleeps.
//   Steps 3 and 2 write one word and read the other, so one of the two sees the other.
//
// The gate belongs to the firer and not to the shard, since an entry that has fired may be armed
// in another shard while its fire() has not yet returned. A shard outlives every entry that was
// ever armed in it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/spin_lock.h"
#include "sched/timer.h"
#include "sched/timer/heap.h"

namespace vole::sched {

struct bubble;

// What one firer fires at the moment.
class fire_gate {
 public:
  constexpr fire_gate() noexcept = default;

  // For the firer. Null: nothing.
  void set_firing(timer_entry* entry) noexcept;
  void wake_waiters() noexcept;                          // after set_firing(), without locks
  bool is_own(const timer_entry& entry) const noexcept;  // the caller is in its fire()
  // Returns when `entry` is not firing. At once on the firer's own thread.
  void wait_for(const timer_entry& entry) noexcept;

 private:
  std::atomic<timer_entry*> firing_{nullptr};
  std::atomic<std::uint32_t> waiters_{0};
  std::atomic<std::uint32_t> ends_{0};  // bumped after a fire that somebody waits for
};

// The clock of a synctest bubble.
struct virtual_clock {
  virtual_clock(std::uint64_t seed, bubble& whose) : random(seed), of(whose) {}
  std::atomic<std::int64_t> now_ns{0};  // written while nobody of the bubble runs
  base::prng random;                    // under the lock of the shard
  bubble& of;
};

class alignas(64) timer_shard {
 public:
  // With a virtual clock, timers of the same instant fire in a random order.
  explicit constexpr timer_shard(fire_gate& gate, virtual_clock* clock = nullptr) noexcept
      : gate_(gate), clock_(clock) {}

  virtual_clock* clock() const noexcept { return clock_; }  // null: CLOCK_MONOTONIC

  // True when nothing in the shard is due before it.
  bool arm(timer_entry& entry);
  bool cancel(timer_entry& entry);

  // True within the entry's fire(), for which this shard's firer has called.
  bool is_firing_here(const timer_entry& entry) const noexcept { return gate_.is_own(entry); }

  // The deadline of the first; kNever: none is armed. Without the lock.
  std::int64_t least_ns() const noexcept {
    // seq_cst: step 3 of timer_thread.cpp
    return least_ns_.load(std::memory_order_seq_cst);
  }
  // Disarms all, and gives those that want to be told so.
  std::vector<timer_entry*> clear();
  // Fires what is due at `until_ns`, in the order of deadlines, each with no lock held. `now_ns`:
  // where the next tick of a periodic one is reckoned from. True: something has fired.
  bool fire_due(std::int64_t until_ns, std::int64_t now_ns);

  std::size_t size();
  bool is_valid();

 private:
  timer_entry* take_due(std::int64_t until_ns, std::int64_t now_ns);
  void publish_least_locked() noexcept VOLE_REQUIRES(lock_);

  base::spin_lock lock_{base::lock_rank::timer_heap};
  timer_heap heap_ VOLE_GUARDED_BY(lock_);
  std::atomic<std::int64_t> least_ns_{kNever};  // heap_.least_ns(); written under the lock
  fire_gate& gate_;
  virtual_clock* const clock_;
};

}  // namespace vole::sched
