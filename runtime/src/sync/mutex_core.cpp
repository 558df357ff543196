// SPDX-License-Identifier: Apache-2.0
// A lock with Go's two modes.
//
// Normal mode: who wakes up competes with newcomers, who have the advantage of running already.
// That is fast, and unfair. A waiter that has not got the lock 1 ms after it first waited switches
// the lock to starvation mode: newcomers queue up, and each unlock hands the lock to the first in
// the queue. The one that gets it switches back if it waited less than 1 ms or nobody else waits.
//
// The state word (changed by compare-exchange; the bits but kLocked and kWoken only under the
// guard)
//   kLocked    somebody holds it; stays set when it is handed over
//   kWaiters   the queue is not empty
//   kStarving  starvation mode; kWaiters is set as well, or the last waiter is about to reset it
//   kWoken     a waiter has been woken, or a newcomer spins: unlock need not wake another
//
// Lock and unlock without waiters are one compare-exchange each, between 0 and kLocked; everything
// else takes the guard. An unlock that finds waiters drops the guard before it readies one, and
// touches the lock no more: whoever gets it then may destroy it.
//
// Rejected: a table of waiters by address, as Go's, which makes the mutex 8 bytes but puts a shared
// lock and a search into each wait; handing over always, which costs a switch for each unlock of a
// busy lock.
#include "sync/mutex_core.h"

#include <atomic>

#include "base/spin_lock.h"
#include "sched/park.h"
#include "sched/timer.h"
#include "sync/waiters.h"

namespace vole::sync {
namespace {

constexpr std::uint32_t kLocked = 1, kWaiters = 2, kStarving = 4, kWoken = 8;
constexpr std::int64_t kStarvationNs =
    1'000'000;               // Go's; half: more hand-overs, twice: longer tails
constexpr int kPauses = 30;  // per spin, as Go's procyield

using state_word = std::atomic_ref<std::uint32_t>;

bool try_set(state_word state, std::uint32_t& seen, std::uint32_t wanted) {
  // acquire: pairs with the release of the last unlock. release: for the bits only; harmless
  return state.compare_exchange_strong(seen, wanted, std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

// One wait for the lock, from the first failure to success.
class contender {
 public:
  contender(detail::mutex_field& lock, const void* object)
      : lock_(lock), state_(lock.state), object_(object) {
    me_.self = sched::current();
  }

  void acquire() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    base::spin_lock& guard = as_lock(lock_.guard);
    for (;;) {
      if (spin()) continue;
      guard.lock();
      if (step_locked(guard)) return;
    }
  }

 private:
  // A short while of waiting actively, when the holder runs and may be about to unlock.
  bool spin() {
    // relaxed: a look; whatever follows from it is checked again
    std::uint32_t seen = state_.load(std::memory_order_relaxed);
    if ((seen & (kLocked | kStarving)) != kLocked || !sched::should_spin(spins_)) return false;
    if (!is_woken_ && (seen & kWoken) == 0 && (seen & kWaiters) != 0 &&
        try_set(state_, seen, seen | kWoken))
      is_woken_ = true;
    for (int i = 0; i < kPauses; ++i) base::cpu_relax();
    ++spins_;
    return true;
  }

  // With the guard, which it drops. True: the lock is ours.
  bool step_locked(base::spin_lock& guard) VOLE_NO_THREAD_SAFETY_ANALYSIS {
    std::uint32_t seen = state_.load(std::memory_order_relaxed);  // relaxed: see try_set
    for (;;) {
      const std::uint32_t without_woken = is_woken_ ? seen & ~kWoken : seen;
      if ((seen & (kLocked | kStarving)) == 0) {
        if (!try_set(state_, seen, without_woken | kLocked)) continue;
        guard.unlock();
        return true;
      }
      const std::uint32_t starving = is_starving_ && (seen & kLocked) != 0 ? kStarving : 0;
      if (!try_set(state_, seen, without_woken | kWaiters | starving)) continue;
      break;
    }
    if (waiting_since_ns_ == 0) {
      waiting_since_ns_ = sched::now_ns();
      push_back(lock_.waiters, me_);
    } else {
      push_front(lock_.waiters, me_);  // it came before those who wait now
    }
    sched::park_and_unlock(event::wait_reason::mutex_lock, object_, guard);
    const bool is_late = sched::now_ns() - waiting_since_ns_ > kStarvationNs;
    if (me_.is_handed_over) {
      take_over(is_late);
      return true;
    }
    is_starving_ = is_starving_ || is_late;
    is_woken_ = true;
    spins_ = 0;
    return false;
  }

  void take_over(bool is_late) {
    const base::spin_guard guard(as_lock(lock_.guard));
    if (!is_late || is_empty(lock_.waiters))
      state_.fetch_and(~kStarving, std::memory_order_relaxed);  // relaxed: guard held
  }

  detail::mutex_field& lock_;
  state_word state_;
  const void* object_;
  waiter me_;
  std::int64_t waiting_since_ns_ = 0;
  int spins_ = 0;
  bool is_woken_ = false;  // kWoken is ours to reset
  bool is_starving_ = false;
};

// Unlock, when there is more to do than to reset kLocked.
event::goroutine* give_up_slowly(detail::mutex_field& lock) {
  const base::spin_guard guard(as_lock(lock.guard));
  state_word state(lock.state);
  std::uint32_t seen = state.load(std::memory_order_relaxed);  // relaxed: see try_set
  if ((seen & kStarving) != 0) {
    waiter* const next = pop_front(lock.waiters);
    VOLE_CHECK(next != nullptr, "a mutex starves nobody");
    if (is_empty(lock.waiters))
      state.fetch_and(~kWaiters, std::memory_order_relaxed);  // relaxed: guard held
    next->is_handed_over = true;
    return next->self;
  }
  for (;;) {
    const bool wakes = (seen & kWaiters) != 0 && (seen & kWoken) == 0;
    std::uint32_t wanted = seen & ~kLocked;
    if (wakes) wanted |= kWoken;
    if (wakes && lock.waiters.first == lock.waiters.last) wanted &= ~kWaiters;
    if (!try_set(state, seen, wanted)) continue;
    return wakes ? pop_front(lock.waiters)->self : nullptr;
  }
}

}  // namespace

void acquire(detail::mutex_field& lock, const void* object) {
  std::uint32_t seen = 0;
  if (!try_set(state_word(lock.state), seen, kLocked)) contender(lock, object).acquire();
}

bool try_acquire(detail::mutex_field& lock) {
  state_word state(lock.state);
  std::uint32_t seen = state.load(std::memory_order_relaxed);  // relaxed: see try_set
  while ((seen & (kLocked | kStarving)) == 0)
    if (try_set(state, seen, seen | kLocked)) return true;
  return false;
}

event::goroutine* give_up(detail::mutex_field& lock) {
  std::uint32_t seen = kLocked;
  if (try_set(state_word(lock.state), seen, 0)) return nullptr;
  return give_up_slowly(lock);
}

void release(detail::mutex_field& lock) {
  if (event::goroutine* const next = give_up(lock)) sched::ready(next);
}

}  // namespace vole::sync
