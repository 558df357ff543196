// SPDX-License-Identifier: Apache-2.0
// Parking, readying and yielding, for goroutines on processors and for adopted threads.
//
// An adopted goroutine's thread sleeps on g::wake_word:
//   kAwake    it does not wait           kWoken  ready() has come
//   kSpinning it looks at the word       kAsleep it is in the kernel, or about to be
#include "sched/park.h"

#include <sched.h>

#include "base/check.h"
#include "base/clock.h"
#include "event/emit.h"
#include "sched/bubble/bubble.h"
#include "sched/checked/checked.h"
#include "sched/core/scheduler.h"
#include "sched/driver.h"
#include "sched/ending/deadlock.h"
#include "sched/exit.h"
#include "sched/goroutine/g_state.h"
#include "sched/machine/max_procs.h"
#include "sched/thread/adopt.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"

namespace vole::sched {
namespace {

constexpr std::uint32_t kAwake = 0, kSpinning = 1, kAsleep = 2, kWoken = 3;
constexpr int kWakeSpins = 200;  // about 10 us of pauses, twice a futex round trip; half: the
                                 // futex for most hand-offs; twice: burns what a waker could use

void block_adopted_thread(g& self) {
  refuse_forked_child();
  for (int i = 0; i < kWakeSpins; ++i) {
    // acquire: pairs with wake_adopted(); sees what the waker did before ready()
    if (self.wake_word.load(std::memory_order_acquire) == kWoken) return;
    base::cpu_relax();
  }
  std::uint32_t seen = kSpinning;
  // acquire: as above, when it is woken in between
  if (!self.wake_word.compare_exchange_strong(seen, kAsleep, std::memory_order_acquire)) return;
  while (self.wake_word.load(std::memory_order_acquire) != kWoken)  // acquire: as above
    futex_wait(self.wake_word, kAsleep);
}

void park_adopted(g& self, park_commit* commit, void* argument) {
  scheduler& s = the_scheduler;
  fiber::registers here;  // this frame stays until the wake-up
  fiber::vole_fiber_capture(&here);
  self.adopted_context = &here;
  self.wake_word.store(kSpinning, std::memory_order_relaxed);  // relaxed: published by the state
  change_state(self, g_state::running, g_state::waiting);
  if (commit != nullptr && !commit(&self, argument)) {
    self.wake_word.store(kAwake, std::memory_order_relaxed);  // relaxed: nobody wakes us
    change_state(self, g_state::waiting, g_state::running);
    event::emit::goroutine_readied(&self);
    return;
  }
  // seq_cst: after the commit, so that the count is never below the truth; see deadlock.cpp
  if (s.adopted_running.fetch_sub(1, std::memory_order_seq_cst) == 1) note_maybe_asleep();
  block_adopted_thread(self);
  stop_if_frozen();  // not before the commit, which may hold a lock
  self.wake_word.store(kAwake, std::memory_order_relaxed);  // relaxed: nobody wakes us now
  change_state(self, g_state::runnable, g_state::running);
}

void wake_adopted(g& who) {
  // release: pairs with block_adopted_thread(). The record outlives its thread: the word may be
  // touched after the thread has gone on and ended.
  if (who.wake_word.exchange(kWoken, std::memory_order_acq_rel) == kAsleep)
    futex_wake(who.wake_word, 1);
}

}  // namespace

goroutine* adopt_current() { return &adopt_this_thread(); }

void park(event::wait_reason reason, const void* object, park_commit* commit, void* argument) {
  g& self = as_g(current());
  durable_park in_bubble;  // of a member of a synctest bubble only
  if (self.in_bubble != nullptr) [[unlikely]] {
    in_bubble = {nullptr, commit, argument};
    if (begin_park(self, reason, in_bubble)) {
      commit = &commit_durable_park;
      argument = &in_bubble;
    }
  }
  if (the_scheduler.is_frozen.load(std::memory_order_relaxed))  // relaxed: set for ever
    refuse_park_at_exit();
  if (is_checked) [[unlikely]]
    refuse_held_locks(self, "parks");
  const bool is_in_blocking = self.blocking_depth > 0;
  if (is_in_blocking) change_state(self, g_state::syscall, g_state::running);
  self.reason = reason;
  self.wait_object = object;
  event::emit::goroutine_parked(&self, reason, object);
  if (self.is_adopted) {
    self.waiting_since_ns = base::monotonic_coarse_ns();  // the monitor may be asleep
    park_adopted(self, commit, argument);
  } else {
    // relaxed: a clock
    self.waiting_since_ns = the_scheduler.coarse_ns.load(std::memory_order_relaxed);
    leave(self, leave_action::park, commit, argument);
  }
  if (is_in_blocking) change_state(self, g_state::running, g_state::syscall);
}

void park_and_unlock(event::wait_reason reason, const void* object,
                     base::spin_lock& held) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  park(
      reason, object,
      [](goroutine*, void* lock) VOLE_NO_THREAD_SAFETY_ANALYSIS {
        static_cast<base::spin_lock*>(lock)->unlock();
        return true;
      },
      &held);
}

void ready(goroutine* waiter) {
  g& who = as_g(waiter);
  if (who.in_bubble != nullptr && !begin_ready(who)) [[unlikely]]
    return;
  event::emit::goroutine_readied(waiter);
  if (who.is_adopted) {
    // seq_cst: before the waker can stop running itself; see deadlock.cpp
    the_scheduler.adopted_running.fetch_add(1, std::memory_order_seq_cst);
    change_state(who, g_state::waiting, g_state::runnable);
    wake_adopted(who);
    return;
  }
  change_state(who, g_state::waiting, g_state::runnable);
  enqueue(who, true);
}

void yield() {
  g& self = as_g(current());
  if (the_scheduler.is_frozen.load(std::memory_order_relaxed)) {  // relaxed: set for ever
    stop_if_frozen();
    return;
  }
  if (is_checked) [[unlikely]]
    refuse_held_locks(self, "yields");
  if (self.is_adopted || self.blocking_depth > 0) {
    sched_yield();
    stop_if_frozen();
    return;
  }
  leave(self, leave_action::yield);
}

int processor_index() noexcept {
  const worker* const self = this_worker();
  const processor* const held = self == nullptr ? nullptr : self->proc();
  if (held != nullptr) return held->index;
  // Threads count off: those that live side by side have different numbers.
  static std::atomic<unsigned> threads_seen{0};
  [[gnu::tls_model("initial-exec")]] static thread_local int own = -1;
  if (own < 0)  // relaxed: only the spread matters
    own = static_cast<int>(threads_seen.fetch_add(1, std::memory_order_relaxed) % kProcsMax);
  return own;
}

bool should_spin(int iteration) noexcept {
  if (is_simulated()) return false;  // nobody else runs
  constexpr int kSpinsMax = 4;       // Go's active_spin
  if (iteration >= kSpinsMax || processors_online() < 2) return false;
  const worker* const self = this_worker();
  const processor* const held = self == nullptr ? nullptr : self->proc();
  if (held == nullptr) return true;
  scheduler& s = the_scheduler;
  // relaxed: hints. Somebody else must be running, and nobody waiting for this processor.
  return held->queue.is_empty() && s.procs_limit.load(std::memory_order_relaxed) >
                                       s.idle_processors_count.load(std::memory_order_relaxed) +
                                           s.spinning_count.load(std::memory_order_relaxed) + 1;
}

}  // namespace vole::sched
