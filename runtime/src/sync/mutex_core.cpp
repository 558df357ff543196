// SPDX-License-Identifier: Apache-2.0
// A lock with Go's two modes.
//
// Normal mode: who wakes up competes with newcomers, who have the advantage of running already.
// That is fast, and unfair. A waiter that has not got the lock 1 ms after it first waited switches
// the lock to starvation mode: newcomers queue up, and each unlock hands the lock to the first in
// the queue. The one that gets it switches back if it waited less than 1 ms or nobody else waits.
//
// The state word: who has it (0: nobody), and in the low bits
//   kWaiters   the queue is not empty
//   kStarving  starvation mode; kWaiters is set as well, or the last waiter is about to reset it
//   kWoken     a waiter has been woken, or a newcomer spins: unlock need not wake another
// The bits but kWoken change only under the guard. Who has the lock changes without it, unless a
// waiter is to be queued, woken or given the lock.
//
// Lock and unlock without waiters are one compare-exchange each, and so they are while a waiter
// has been woken and is on its way. An unlock that wakes drops the guard before it readies the
// waiter, and touches the lock no more: until then the waiter is in lock(), so that nobody may
// destroy the mutex.
//
// Rejected: a table of waiters by address, as Go's, which makes the mutex 8 bytes but puts a shared
// lock and a search into each wait; handing over always, which costs a switch for each unlock of a
// busy lock.
#include "sync/mutex_core.h"

#include <atomic>

#include "base/clock.h"
#include "base/spin_lock.h"
#include "sched/park.h"
#include "sched/timer.h"
#include "sync/waiters.h"

namespace vole::sync {
namespace {

constexpr std::uintptr_t kWaiters = 1, kStarving = 2, kWoken = 4;
constexpr std::uintptr_t kOwner = ~(kWaiters | kStarving | kWoken);
constexpr std::int64_t kStarvationNs =
    1'000'000;               // Go's; half: more hand-overs, twice: longer tails
constexpr int kPauses = 30;  // per spin, as Go's procyield

static_assert(alignof(event::goroutine) > (kWaiters | kStarving | kWoken), "the bits are free");

using state_word = std::atomic_ref<std::uintptr_t>;

bool try_set(state_word state, std::uintptr_t& seen, std::uintptr_t wanted) {
  // acq_rel: an unlock pairs with the next lock; the other half, and for the bits, does no harm
  return state.compare_exchange_strong(seen, wanted, std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

// One wait for the lock, from the first failure to success.
class contender {
 public:
  contender(detail::mutex_field& lock, owner_token owner, const void* object)
      : lock_(lock), state_(lock.state), owner_(owner), object_(object) {
    me_.token = owner;
    me_.self = sched::current();
  }

  void acquire() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    base::spin_lock& guard = as_lock(lock_.guard);
    for (;;) {
      if (take()) return;
      if (spin()) continue;
      guard.lock();
      if (step_locked(guard)) return;
    }
  }

 private:
  // Takes it if it is free, and newcomers may.
  bool take() {
    std::uintptr_t seen = state_.load(std::memory_order_relaxed);  // relaxed: see try_set
    while ((seen & (kOwner | kStarving)) == 0)
      if (try_set(state_, seen, (is_woken_ ? seen & ~kWoken : seen) | owner_)) return true;
    return false;
  }

  // A short while of waiting actively, when the holder runs and may be about to unlock.
  bool spin() {
    // relaxed: a look; whatever follows from it is checked again
    std::uintptr_t seen = state_.load(std::memory_order_relaxed);
    if ((seen & kStarving) != 0 || !sched::should_spin(spins_)) return false;
    if (!is_woken_ && (seen & kWoken) == 0 && (seen & kWaiters) != 0 &&
        try_set(state_, seen, seen | kWoken))
      is_woken_ = true;
    for (int i = 0; i < kPauses; ++i) base::cpu_relax();
    ++spins_;
    return true;
  }

  // With the guard, which it drops. True: the lock is ours.
  bool step_locked(base::spin_lock& guard) VOLE_NO_THREAD_SAFETY_ANALYSIS {
    std::uintptr_t seen = state_.load(std::memory_order_relaxed);  // relaxed: see try_set
    for (;;) {
      const std::uintptr_t without_woken = is_woken_ ? seen & ~kWoken : seen;
      if ((seen & (kOwner | kStarving)) == 0) {
        if (!try_set(state_, seen, without_woken | owner_)) continue;
        guard.unlock();
        return true;
      }
      const std::uintptr_t starving = is_starving_ && (seen & kOwner) != 0 ? kStarving : 0;
      if (!try_set(state_, seen, without_woken | kWaiters | starving)) continue;
      break;
    }
    is_woken_ = false;
    if (waiting_since_ns_ == 0) {
      waiting_since_ns_ = sched::now_ns();
      push_back(lock_.waiters, me_);
    } else {
      push_front(lock_.waiters, me_);  // it came before those who wait now
    }
    {
      const owner_source owner(lock_);
      const event::wait_scope note(*me_.self, owner);
      sched::park_and_unlock(event::wait_reason::mutex_lock, object_, guard);
    }
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
  owner_token owner_;
  const void* object_;
  waiter me_;
  std::int64_t waiting_since_ns_ = 0;
  int spins_ = 0;
  bool is_woken_ = false;  // kWoken is ours to reset
  bool is_starving_ = false;
};

// Starvation mode: the lock goes from hand to hand.
event::goroutine* hand_over_locked(detail::mutex_field& lock, std::uintptr_t seen) {
  waiter* const next = pop_front(lock.waiters);
  VOLE_CHECK(next != nullptr, "a mutex starves nobody");
  std::uintptr_t wanted = next->token | kStarving;
  if (!is_empty(lock.waiters)) wanted |= kWaiters;
  next->is_handed_over = true;
  event::goroutine* const self = next->self;
  // Only kWoken may change meanwhile: by a spinner that came before the starvation.
  while (!try_set(state_word(lock.state), seen, wanted | (seen & kWoken))) {
  }
  return self;
}

}  // namespace

void acquire_slowly(detail::mutex_field& lock, owner_token owner, const void* object) {
  contender(lock, owner, object).acquire();
}

bool try_acquire(detail::mutex_field& lock, owner_token owner) {
  state_word state(lock.state);
  std::uintptr_t seen = state.load(std::memory_order_relaxed);  // relaxed: see try_set
  while ((seen & (kOwner | kStarving)) == 0)
    if (try_set(state, seen, seen | owner)) return true;
  return false;
}

bool is_owned(const detail::mutex_field& lock, owner_token owner) {
  // relaxed: only its own acquiring and giving up can make it true or false for `owner`
  const std::uintptr_t seen =
      state_word(const_cast<detail::mutex_field&>(lock).state).load(std::memory_order_relaxed);
  return (seen & kOwner) == owner;
}

event::goroutine* give_up_slowly(detail::mutex_field& lock) {
  state_word state(lock.state);
  std::uintptr_t seen = state.load(std::memory_order_relaxed);  // relaxed: see try_set
  // Nobody to wake: as fast as without waiters.
  while ((seen & kStarving) == 0 && (seen & (kWaiters | kWoken)) != kWaiters)
    if (try_set(state, seen, seen & ~kOwner)) return nullptr;
  const base::spin_guard guard(as_lock(lock.guard));
  seen = state.load(std::memory_order_relaxed);  // relaxed: see try_set
  if ((seen & kStarving) != 0) return hand_over_locked(lock, seen);
  for (;;) {
    const bool wakes = (seen & kWaiters) != 0 && (seen & kWoken) == 0;
    std::uintptr_t wanted = seen & ~kOwner;
    if (wakes) wanted |= kWoken;
    if (wakes && lock.waiters.first == lock.waiters.last) wanted &= ~kWaiters;
    if (!try_set(state, seen, wanted)) continue;
    return wakes ? pop_front(lock.waiters)->self : nullptr;
  }
}

}  // namespace vole::sync
