// SPDX-License-Identifier: Apache-2.0
// vole::wait_group: a counter, and those who wait for zero.
//
// The state word: the count in its upper half, and kWaiters while somebody waits. Then the count is
// above zero, and only who holds the guard makes it zero or queues up; without waiters a change is
// one compare-exchange, and a wait for nothing a load. Between them, while the count is above zero:
// the number of the synctest bubble that has counted it up from there, if it was one. The others
// may wait, but not add.
//
// The done() that reaches zero takes the waiters out under the guard, drops it, and only then lets
// them run: they may destroy the group. Without waiters its compare-exchange is its last access.
#include <vole/sync.h>

#include <atomic>

#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sync/waiters.h"

namespace vole {
namespace {

using sync::as_lock;
using state_word = std::atomic_ref<std::uint64_t>;

constexpr std::uint64_t kWaiters = 1;
constexpr int kBubbleShift = 1;
constexpr std::uint64_t kBubbleBits = 0xffff'fffe;
constexpr int kCountShift = 32;

std::int64_t count_of(std::uint64_t state) {
  return static_cast<std::int64_t>(state >> kCountShift);
}

std::uint64_t bubble_bits(const event::goroutine& self) {
  return std::uint64_t{self.bubble_id} << kBubbleShift;
}

[[noreturn]] void die_of_two_bubbles(std::uint64_t one, std::uint64_t other) {
  sched::fatal(one == 0 || other == 0
                   ? "sync: WaitGroup.Add called from inside and outside synctest bubble"
                   : "sync: WaitGroup.Add called from multiple synctest bubbles");
}

// The state after add(delta) in that bubble, announcing what must be before it is seen.
std::uint64_t changed(const void* group, std::uint64_t seen, int delta, std::uint64_t bubble) {
  const std::int64_t count = count_of(seen) + delta;
  if (count_of(seen) != 0 && (seen & kBubbleBits) != bubble) [[unlikely]]
    die_of_two_bubbles(seen & kBubbleBits, bubble);
  if (count < 0) throw negative_wait_group_counter();
  if (delta < 0) event::emit::group_done(group);
  if (count == 0) return seen & kWaiters;
  return static_cast<std::uint64_t>(count) << kCountShift | bubble | (seen & kWaiters);
}

}  // namespace

wait_group::~wait_group() { event::emit::object_destroyed(this, sizeof *this); }

void wait_group::add(int delta) {
  event::emit::operation_begun(event::operation::group_add, this);
  const event::goroutine& self = *sched::current();
  const state_word state(state_);
  std::uint64_t seen = state.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  while ((seen & kWaiters) == 0)
    // acq_rel: each done() before the wait() that sees zero, or the next user of the group
    if (state.compare_exchange_weak(seen, changed(this, seen, delta, bubble_bits(self)),
                                    std::memory_order_acq_rel, std::memory_order_relaxed))
      return;
  add_slowly(delta, self);
}

// Somebody waits, or has waited a moment ago.
void wait_group::add_slowly(int delta, const event::goroutine& self) {
  sync::waiter* woken = nullptr;
  {
    const base::spin_guard guard(as_lock(guard_));
    const state_word state(state_);
    std::uint64_t seen = state.load(std::memory_order_relaxed);  // relaxed: see above
    std::uint64_t wanted;
    do {
      wanted = changed(this, seen, delta, bubble_bits(self));
      if (count_of(wanted) == 0) wanted = 0;
      // acq_rel: as above
    } while (!state.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    if (wanted == 0) woken = sync::take_all(waiters_);
  }
  sync::ready_all(woken);
}

void wait_group::wait() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::group_wait, this);
  event::goroutine* const self = sched::current();
  const state_word state(state_);
  // acquire: pairs with the done() that reached zero
  std::uint64_t seen = state.load(std::memory_order_acquire);
  if (count_of(seen) > 0) {
    base::spin_lock& guard = as_lock(guard_);
    guard.lock();
    seen = state.load(std::memory_order_acquire);  // acquire: as above
    // acquire: as above
    while (count_of(seen) > 0 &&
           !state.compare_exchange_weak(seen, seen | kWaiters, std::memory_order_acquire)) {
    }
    if (count_of(seen) > 0) {
      sync::waiter me;
      me.self = self;
      sync::push_back(waiters_, me);
      const auto reason = event::wait_reason::wait_group_wait;
      const bool is_durable = self->bubble_id != 0 && (seen & kBubbleBits) == bubble_bits(*self);
      sched::park_and_unlock(is_durable ? event::in_bubble(reason) : reason, this, guard);
    } else {
      guard.unlock();
    }
  }
  event::emit::group_waited(this);
}

}  // namespace vole
