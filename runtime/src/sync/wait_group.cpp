// SPDX-License-Identifier: Apache-2.0
// vole::wait_group: a counter, and those who wait for zero.
//
// The state word: the count in its upper half; kWaiters from when somebody queues up until those in
// the queue may go; and between them, while the count is above zero, the number of the synctest
// bubble that has counted it up from there, if it was one. The others may wait, but not add.
//
// Counting is one locked instruction and waiting for nothing a load, both inlined from
// <vole/detail/quick_path.h> in programs without bubbles. Those who wait:
//   1. Under the guard, while the count is above zero: sets kWaiters, queues up, parks.
//   2. The word is 0: goes on. This is the only word that ends a wait which has not queued up.
//   3. The count is zero and kWaiters is set: somebody is at 5 or 6. Looks again.
// The one whose done() makes the count zero while kWaiters is set, of which there is one at a time:
//   4. takes the waiters out under the guard, and drops it;
//   5. resets kWaiters, its last access: by 2 others may destroy the group from here on;
//   6. lets the waiters run.
// Who counts up between its zero and 5 has not waited for the waits to return; it gets Go's panic.
// Without waiters the instruction that counts is the last access.
//
// Rejected: zero only under the guard while somebody waits (done() must look before it counts).
#include <vole/panic.h>
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

constexpr std::uint64_t kWaiters = detail::kGroupWaiters;
constexpr int kBubbleShift = 1;
constexpr std::uint64_t kBubbleBits = 0xffff'fffe;
constexpr int kCountShift = 32;

std::int64_t count_of(std::uint64_t state) {
  return static_cast<std::int64_t>(state) >> kCountShift;
}

std::uint64_t bubble_bits(const event::goroutine& self) {
  return std::uint64_t{self.bubble_id} << kBubbleShift;
}

[[noreturn]] void die_of_two_bubbles(std::uint64_t one, std::uint64_t other) {
  sched::fatal(one == 0 || other == 0
                   ? "sync: WaitGroup.Add called from inside and outside synctest bubble"
                   : "sync: WaitGroup.Add called from multiple synctest bubbles");
}

[[noreturn]] void throw_of_misuse(const void* group) {
  event::emit::misused(event::misuse::concurrent_wait_group_add, group, nullptr);
  throw panic("sync: WaitGroup misuse: Add called concurrently with Wait");
}

[[noreturn]] void throw_of_negative_count(const void* group) {
  event::emit::misused(event::misuse::negative_wait_group, group, nullptr);
  throw negative_wait_group_counter();
}

// The state after add(delta) in that bubble, announcing what must be before it is seen.
std::uint64_t changed(const void* group, std::uint64_t seen, int delta, std::uint64_t bubble) {
  const std::int64_t count = count_of(seen) + delta;
  if (count_of(seen) != 0 && (seen & kBubbleBits) != bubble) [[unlikely]]
    die_of_two_bubbles(seen & kBubbleBits, bubble);
  if (count < 0) throw_of_negative_count(group);
  if (seen == kWaiters && delta > 0) throw_of_misuse(group);
  if (delta < 0) event::emit::group_done(group);
  if (count == 0) return seen & kWaiters;
  return static_cast<std::uint64_t>(count) << kCountShift | bubble | (seen & kWaiters);
}

}  // namespace

wait_group::~wait_group() { event::emit::object_destroyed(this, sizeof *this); }

void wait_group::add_slowly(int delta) {
  event::emit::operation_begun(event::operation::group_add, this);
  const std::uint64_t bubble = bubble_bits(*sched::current());
  const state_word state(state_);
  std::uint64_t seen = state.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  std::uint64_t wanted;
  do {
    wanted = changed(this, seen, delta, bubble);
    // acq_rel: each done() before the wait() that sees zero, or the next user of the group
  } while (!state.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel,
                                        std::memory_order_relaxed));
  if (wanted == kWaiters && count_of(seen) != 0) let_go();
}

// The inlined half has added 1 or -1 (`delta`) to the state `seen`, and that was not all.
void wait_group::settle(std::uint64_t seen, int delta) {
  if (delta < 0 && count_of(seen) > 0) return let_go();
  // relaxed: takes back what should not have been
  state_word(state_).fetch_sub(static_cast<std::uint64_t>(delta) << kCountShift,
                               std::memory_order_relaxed);
  if (delta > 0) throw_of_misuse(this);
  throw_of_negative_count(this);
}

void wait_group::let_go() {
  sync::waiter* woken = nullptr;
  {
    const base::spin_guard guard(as_lock(guard_));
    woken = sync::take_all(waiters_);
  }
  // acq_rel: pairs with wait_slowly(), and with the next user of the group
  state_word(state_).fetch_and(~kWaiters, std::memory_order_acq_rel);
  sync::ready_all(woken);
}

void wait_group::wait_slowly() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::group_wait, this);
  event::goroutine* const self = sched::current();
  const state_word state(state_);
  base::spin_lock& guard = as_lock(guard_);
  // acquire, here and below: pairs with the done() that reached zero
  for (std::uint64_t seen; (seen = state.load(std::memory_order_acquire)) != 0;) {
    if (count_of(seen) <= 0) {
      sched::yield();  // step 3
      continue;
    }
    guard.lock();
    while (count_of(seen) > 0 &&
           !state.compare_exchange_weak(seen, seen | kWaiters, std::memory_order_acquire)) {
    }
    if (count_of(seen) <= 0) {
      guard.unlock();
      continue;
    }
    sync::waiter me;
    me.self = self;
    sync::push_back(waiters_, me);
    const auto reason = event::wait_reason::wait_group_wait;
    const bool is_durable = self->bubble_id != 0 && (seen & kBubbleBits) == bubble_bits(*self);
    sched::park_and_unlock(is_durable ? event::in_bubble(reason) : reason, this, guard);
    break;
  }
  event::emit::group_waited(this);
}

}  // namespace vole
