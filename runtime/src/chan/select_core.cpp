// SPDX-License-Identifier: Apache-2.0
// Select: one of several channel operations.
//
//   1. Lock all channels, each once, by rising address.
//   2. Find the cases that are ready, and perform one of them, each as likely as the others. With a
//      default, or one performed, unlock and be done.
//   3. Stand in the queues of all channels with waiters that share one select_state; park. The
//      commit unlocks the channels, by rising address.
//   4. A peer claims the select through one of the waiters; see wait_queue.h. Leave the queues of
//      the other cases: a waiter that is still queued under its channel's lock; one that is not has
//      been taken out by a peer that failed to claim, and needs no lock.
//
// The commit's list of locks lies on our stack. A peer may take a waiter as soon as its channel is
// unlocked, and make us run on another thread while the commit still has others to unlock. But 4
// doesn't end before the commit has read its list: either the chosen waiter, or one that was taken
// out, or one that we take out ourselves stands in the queue of the last channel, and all three
// need that channel's lock after the commit.
//
// With a default, no lock is needed to find that nothing is ready: see "Looking without the lock"
// in chan_core.h. A single case with a default is Go's non-blocking operation; a single case alone
// is the plain operation, its wait reason included.
//
// tests/chan/select_model_test.cpp is this protocol as a machine, explored through all
// interleavings.
//
// Rejected: shuffling the cases before looking (a random number for each case; most selects find no
// case ready, or one); locking all channels again in 4 (twice the locked instructions, and two
// parked selects that leave wait for each other).
//
// Announcements: a select that offers a send touches the channel, as Go's does, since a close that
// is not ordered with it may make it panic; all else comes from the chosen case only.
#include <vole/panic.h>

#include <memory>
#include <span>

#include "base/prng.h"
#include "chan/chan_core.h"
#include "chan/select_order.h"
#include "chan/timer_feed.h"
#include "chan/transfer.h"
#include "event/emit.h"
#include "sched/driver.h"
#include "sched/park.h"

namespace vole::channel {
namespace {

using detail::case_kind;
using detail::case_view;
using detail::selection;
using event::wait_reason;

constexpr std::size_t kCasesOnStack = 8;  // more take one allocation

// What one select needs for each of its cases. It stays where it is while the select waits.
struct scratch {
  std::uint32_t* polled;  // the numbers of the cases that have a channel
  std::uint32_t* ready;
  chan_core** locks;
  waiter* waiters;  // room for them; one for each polled case
};

// Storage without a value: most selects need little of it.
template <class T, std::size_t kCount>
struct room {
  alignas(T) std::byte bytes[sizeof(T) * kCount];
  T* begin() noexcept { return reinterpret_cast<T*>(bytes); }
};

// Behind a call, so that the compiler can't keep the thread's address over a park.
[[gnu::noinline]] std::uint32_t random_below(std::uint32_t limit) {
  if (event::is_listened(event::kind::operation_begun)) [[unlikely]]
    if (std::uint32_t answer = 0; sched::decide_select(limit, answer)) return answer;
  static constinit thread_local bool is_seeded = false;
  static constinit thread_local base::prng generator{0};
  if (!is_seeded) {
    generator = base::prng(sched::random_seed());
    is_seeded = true;
  }
  return generator.below(limit);
}

struct selector {
  std::span<const case_view> cases;
  scratch memory;
  event::goroutine* announcer = nullptr;
  std::size_t polled_count = 0;
  std::size_t locks_count = 0;
  std::size_t default_index = 0;  // == cases.size(): there is none
  bool is_in_bubble = true;       // all channels were made in a synctest bubble

  const case_view& polled(std::size_t i) const { return cases[memory.polled[i]]; }
  bool has_default() const { return default_index != cases.size(); }

  // Fills `polled` and `default_index`.
  void sort_out();
  void lock_all() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    locks_count = make_lock_order(memory.locks, polled_count);
    for (std::size_t i = 0; i < locks_count; ++i) memory.locks[i]->lock.lock();
  }
  void unlock_all() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    for (std::size_t i = 0; i < locks_count; ++i) memory.locks[i]->lock.unlock();
  }
  // Step 2. False: nothing is ready, and everything is locked still.
  bool perform_ready(selection& chosen);
  // Steps 3 and 4.
  selection wait(event::goroutine* self);
  void leave(std::size_t winner, select_state& state);
};

void selector::sort_out() {
  default_index = cases.size();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const case_view& one = cases[i];
    if (one.kind == case_kind::none) {
      if (has_default()) throw panic("select: more than one default case");
      default_index = i;
      continue;
    }
    if (one.chan == nullptr) continue;
    check_bubble(*one.chan, kStrangeSelect);
    if (one.chan->bubble_id == 0) is_in_bubble = false;
    if (announcer != nullptr && one.kind == case_kind::send)
      event::emit::chan_touched(one.chan, false);
    memory.locks[polled_count] = one.chan;
    memory.polled[polled_count++] = static_cast<std::uint32_t>(i);
  }
}

// Whether the case could be performed, if those who wait on the channel are still to be had.
bool may_be_ready(const case_view& one) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  const chan_core& chan = *one.chan;
  if (chan.is_closed.load(std::memory_order_relaxed)) return true;  // relaxed: lock held
  if (one.kind == case_kind::send)
    return !chan.receivers.is_empty() || count_of(chan) < chan.capacity;
  return !chan.senders.is_empty() || count_of(chan) > 0 || chan.feed != nullptr;
}

bool selector::perform_ready(selection& chosen) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < polled_count; ++i)
    if (may_be_ready(polled(i))) memory.ready[count++] = memory.polled[i];
  while (count > 0) {
    const std::uint32_t pick = count == 1 ? 0 : random_below(count);
    const std::uint32_t index = memory.ready[pick];
    const case_view& one = cases[index];
    const bool is_send = one.kind == case_kind::send;
    completion rest;
    const outcome result = is_send ? send_locked(*one.chan, announcer, one.kept, rest)
                                   : receive_locked(*one.chan, announcer, one.kept, rest);
    if (result == outcome::would_block) {  // only selects that were claimed elsewhere, or no tick
      memory.ready[pick] = memory.ready[--count];
      continue;
    }
    unlock_all();
    if (is_send && result == outcome::closed) throw_send_on_closed(one.chan);
    rest.finish();
    chosen = {index, !is_send && result == outcome::done};
    return true;
  }
  return false;
}

bool unlock_for_park(event::goroutine*, void* argument) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  const auto& one = *static_cast<const selector*>(argument);
  chan_core* const* const locks = one.memory.locks;
  for (std::size_t i = 0, end = one.locks_count; i < end; ++i) locks[i]->lock.unlock();
  return true;
}

// Step 4, and the timers that nobody waits for any more.
void selector::leave(std::size_t winner, select_state& state) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  for (std::size_t i = 0; i < polled_count; ++i) {
    const case_view& one = polled(i);
    waiter& me = memory.waiters[i];
    timer_feed* const feed = one.chan->feed;
    // acquire: pairs with take_out(): the peer is through with this waiter and with the state
    if (feed == nullptr && (i == winner || !me.is_queued.load(std::memory_order_acquire))) continue;
    bool must_disarm = false;
    {
      const base::biased_guard guard(one.chan->lock);
      (one.kind == case_kind::send ? one.chan->senders : one.chan->receivers).remove(me);
      must_disarm = feed != nullptr && begin_disarm_locked(*feed);
    }
    if (must_disarm) disarm(*feed);
  }
  VOLE_ASSERT(state.chosen == &memory.waiters[winner]);
}

selection selector::wait(event::goroutine* self) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  select_state state;
  for (std::size_t i = 0; i < polled_count; ++i) {
    const case_view& one = polled(i);
    waiter& me = *::new (memory.waiters + i) waiter;
    me.self = self;
    me.kept = one.kept;
    me.select = &state;
    if (one.kind == case_kind::send) {
      one.chan->senders.push(me);
    } else {
      one.chan->receivers.push(me);
      if (one.chan->feed != nullptr) arm_locked(*one.chan->feed);
    }
  }
  sched::park(is_in_bubble ? event::in_bubble(wait_reason::select) : wait_reason::select, nullptr,
              &unlock_for_park, this);

  VOLE_CHECK(state.chosen != nullptr, "a select was woken by nobody");
  const auto winner = static_cast<std::size_t>(state.chosen - memory.waiters);
  leave(winner, state);
  const bool is_send = polled(winner).kind == case_kind::send;
  const bool is_successful = memory.waiters[winner].is_successful;
  if (is_send && !is_successful) throw_send_on_closed(polled(winner).chan);
  return {memory.polled[winner], !is_send && is_successful};
}

selection run(std::span<const case_view> cases, const scratch& memory) {
  selector one{cases, memory, begin(event::operation::select, nullptr), 0, 0, 0, true};
  one.sort_out();
  if (one.polled_count == 0) {
    if (one.has_default()) return {one.default_index, false};
    const auto reason = cases.empty() ? wait_reason::select_no_cases : wait_reason::select;
    const bool is_in_bubble = sched::current()->bubble_id != 0;  // where nobody can end it either
    for (;;)
      sched::park(is_in_bubble ? event::in_bubble(reason) : reason, nullptr, nullptr, nullptr);
  }
  event::goroutine* const self = one.has_default() ? nullptr : sched::current();
  one.lock_all();
  selection chosen;
  if (one.perform_ready(chosen)) return chosen;
  if (!one.has_default()) return one.wait(self);
  one.unlock_all();
  return {one.default_index, false};
}

}  // namespace
}  // namespace vole::channel

namespace vole::detail {
namespace {

// A case without others: the plain operation.
selection run_alone(const case_view& one) {
  if (one.kind == case_kind::send) {
    chan_send(one.chan, one.kept);
    return {0, false};
  }
  return {0, chan_recv(one.chan, one.kept)};
}

// A case with a default: the non-blocking operation.
selection run_or_default(const case_view* cases, std::size_t index) {
  const case_view& one = cases[index];
  if (one.kind == case_kind::send)
    return {chan_try_send(one.chan, one.kept) == chan_status::ok ? index : 1 - index, false};
  switch (chan_try_recv(one.chan, one.kept)) {
    case chan_status::ok:
      return {index, true};
    case chan_status::closed:
      return {index, false};
    case chan_status::would_block:
      break;
  }
  return {1 - index, false};
}

// Step 0 to 3 of "Looking without the lock" in chan_core.h, at one case that is no default.
[[gnu::always_inline]] inline bool is_surely_not_ready(const case_view& one, std::uint64_t& turn) {
  if (one.chan == nullptr) return one.kind != case_kind::none;  // nil; a second default is misuse
  const chan_core& chan = *one.chan;
  if (chan.bubble_id != 0) return false;
  turn = chan.lock.turn();
  return one.kind == case_kind::send ? channel::has_surely_no_room(chan)
                                     : channel::has_surely_nothing(chan);
}

// The same at `count` cases, and step 4: whether at one moment during the call none was ready.
[[gnu::always_inline]] inline bool are_surely_not_ready(const case_view* cases, std::size_t count) {
  std::uint64_t turns[channel::kCasesOnStack];
  for (std::size_t i = 0; i < count; ++i)
    if (!is_surely_not_ready(cases[i], turns[i])) return false;
  for (std::size_t i = 0; i + 1 < count; ++i)
    if (cases[i].chan != nullptr && cases[i].chan->lock.turn() != turns[i]) return false;
  return true;
}

// Whether the default, which is the last case, is to be taken without any lock.
[[gnu::always_inline]] inline bool takes_default(const case_view* cases, std::size_t count) {
  if (count == 0 || cases[count - 1].kind != case_kind::none) return false;
  if (event::is_any_listened(channel::kCared)) [[unlikely]]
    return false;
  return are_surely_not_ready(cases, count - 1);
}

// Any select, with the room that one over several channels needs. Without an attribute that keeps
// it out of line: that made a select that waits a tenth slower.
selection select_any(const case_view* cases, std::size_t count) {
  if (count <= channel::kCasesOnStack) {
    if (takes_default(cases, count)) return {count - 1, false};
    std::uint32_t polled[channel::kCasesOnStack];
    std::uint32_t ready[channel::kCasesOnStack];
    chan_core* locks[channel::kCasesOnStack];
    channel::room<channel::waiter, channel::kCasesOnStack> waiters;
    return channel::run({cases, count}, {polled, ready, locks, waiters.begin()});
  }
  const auto numbers = std::make_unique<std::uint32_t[]>(2 * count);
  const auto locks = std::make_unique<chan_core*[]>(count);
  const auto waiters = std::make_unique<channel::waiter[]>(count);
  return channel::run({cases, count},
                      {numbers.get(), numbers.get() + count, locks.get(), waiters.get()});
}

}  // namespace

selection select_cases(const case_view* cases, std::size_t count) {
  // Those that are mostly done at once, without the frame of select_any().
  if (count == 2) {
    const bool has_default[] = {cases[0].kind == case_kind::none, cases[1].kind == case_kind::none};
    if (has_default[0] != has_default[1]) return run_or_default(cases, has_default[0] ? 1 : 0);
  } else if (count == 3) {
    if (takes_default(cases, 3)) return {2, false};
  } else if (count == 1 && cases[0].kind != case_kind::none) {
    return run_alone(cases[0]);
  }
  return select_any(cases, count);
}

}  // namespace vole::detail
