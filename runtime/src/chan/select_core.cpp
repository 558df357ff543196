// SPDX-License-Identifier: Apache-2.0
// Select: one of several channel operations.
//
//   1. Lock all channels, each once, by rising address.
//   2. Look at the cases in a random order; perform the first that is ready. With a default, or one
//      performed, unlock and be done.
//   3. Stand in the queues of all channels with waiters that share one select_state; park. The
//      commit unlocks the channels. A peer may take one of the waiters as soon as its channel is
//      unlocked, and make us run on another thread; but then we stop at 4, since the later channels
//      are still locked. So the commit reads the lock order, which lies on our stack, only before
//      it drops the last lock.
//   4. Lock all again, leave the queues of the cases that were not chosen, unlock.
//
// The claim in select_state decides which peer wins; see wait_queue.h.
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
#include "event/emit.h"
#include "sched/driver.h"
#include "sched/park.h"

namespace vole::channel {
namespace {

constexpr std::size_t kCasesOnStack = 8;  // more take one allocation

// The arrays that one select needs. They stay where they are while it waits.
struct scratch {
  waiter* waiters = nullptr;
  std::uint32_t* poll_order = nullptr;
  chan_core** lock_order = nullptr;
};

struct small_scratch {
  waiter waiters[kCasesOnStack];
  std::uint32_t poll_order[kCasesOnStack];
  chan_core* lock_order[kCasesOnStack];
};

struct selector {
  std::span<const detail::case_view> cases;
  scratch memory;
  std::span<std::uint32_t> polled;
  std::span<chan_core*> locks;
  event::goroutine* self = nullptr;

  void lock_all() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    for (chan_core* const chan : locks) chan->lock.lock();
  }
  void unlock_all() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    for (chan_core* const chan : locks) chan->lock.unlock();
  }
  // Steps 1 and 2. False: nothing is ready, and everything is locked still.
  bool poll(detail::selection& chosen);
  // Steps 3 and 4.
  detail::selection wait();
  // Unlocks, and disarms the timers that nobody waits for any more. The poll order is used up: it
  // remembers which.
  void leave_and_disarm();
};

bool selector::poll(detail::selection& chosen) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  lock_all();
  for (const std::uint32_t index : polled) {
    const detail::case_view& one = cases[index];
    const bool is_send = one.kind == detail::case_kind::send;
    completion rest;
    const outcome result = is_send ? send_locked(*one.chan, self, one.kept, rest)
                                   : receive_locked(*one.chan, self, one.kept, rest);
    if (result == outcome::would_block) continue;
    unlock_all();
    if (is_send && result == outcome::closed) throw send_on_closed_channel();
    rest.finish();
    chosen = {index, !is_send && result == outcome::done};
    return true;
  }
  return false;
}

bool unlock_for_park(event::goroutine*, void* argument) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  const std::span<chan_core*> locks = static_cast<selector*>(argument)->locks;
  for (std::size_t i = 0, end = locks.size(); i < end; ++i) locks[i]->lock.unlock();
  return true;
}

void selector::leave_and_disarm() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  std::uint32_t* const must_disarm = memory.poll_order;
  bool any = false;
  for (std::size_t i = 0; i < locks.size(); ++i) {
    timer_feed* const feed = locks[i]->feed;
    must_disarm[i] = feed != nullptr && begin_disarm_locked(*feed);
    any |= must_disarm[i] != 0;
  }
  unlock_all();
  if (!any) return;
  for (std::size_t i = 0; i < locks.size(); ++i)
    if (must_disarm[i] != 0) disarm(*locks[i]->feed);
}

detail::selection selector::wait() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  select_state state;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    const detail::case_view& one = cases[polled[i]];
    waiter& me = memory.waiters[i];
    me.self = self;
    me.kept = one.kept;
    me.select = &state;
    if (one.kind == detail::case_kind::send) {
      one.chan->senders.push(me);
    } else {
      one.chan->receivers.push(me);
      if (one.chan->feed != nullptr) arm_locked(*one.chan->feed);
    }
  }
  sched::park(event::wait_reason::select, nullptr, &unlock_for_park, this);

  lock_all();
  std::size_t winner = polled.size();
  for (std::size_t i = 0; i < polled.size(); ++i) {
    const detail::case_view& one = cases[polled[i]];
    waiter& me = memory.waiters[i];
    if (&me == state.chosen) winner = i;
    (one.kind == detail::case_kind::send ? one.chan->senders : one.chan->receivers).remove(me);
  }
  VOLE_CHECK(winner < polled.size(), "a select was woken by nobody");
  const std::uint32_t index = polled[winner];
  leave_and_disarm();
  const bool is_send = cases[index].kind == detail::case_kind::send;
  const bool is_successful = memory.waiters[winner].is_successful;
  if (is_send && !is_successful) throw send_on_closed_channel();
  return {index, !is_send && is_successful};
}

detail::selection run(std::span<const detail::case_view> cases, const scratch& memory) {
  selector one{cases, memory, {}, {}, sched::current()};
  const std::size_t used = make_poll_order(cases, memory.poll_order);
  one.polled = {memory.poll_order, used};
  std::size_t default_index = cases.size();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].kind == detail::case_kind::none) {
      if (default_index != cases.size()) throw panic("select: more than one default case");
      default_index = i;
    } else if (cases[i].kind == detail::case_kind::send && cases[i].chan != nullptr) {
      event::emit::chan_touched(cases[i].chan, false);
    }
  }
  const bool has_default = default_index != cases.size();
  if (used == 0 && !has_default) {
    const auto reason =
        cases.empty() ? event::wait_reason::select_no_cases : event::wait_reason::select;
    for (;;) sched::park(reason, nullptr, nullptr, nullptr);
  }
  const std::size_t locks = make_lock_order(cases, one.polled, memory.lock_order);
  one.locks = {memory.lock_order, locks};
  detail::selection chosen;
  if (one.poll(chosen)) return chosen;
  if (!has_default) return one.wait();
  one.unlock_all();
  return {default_index, false};
}

// Behind a call, so that the compiler can't keep the thread's address over a park.
[[gnu::noinline]] base::prng& this_threads_generator() {
  static constinit thread_local bool is_seeded = false;
  static constinit thread_local base::prng generator{0};
  if (!is_seeded) {
    generator = base::prng(sched::random_seed());
    is_seeded = true;
  }
  return generator;
}

}  // namespace

std::uint32_t random_below(std::uint32_t limit) { return this_threads_generator().below(limit); }

}  // namespace vole::channel

namespace vole::detail {

selection select_cases(const case_view* cases, std::size_t count) {
  if (count <= channel::kCasesOnStack) {
    channel::small_scratch memory;
    return channel::run({cases, count}, {memory.waiters, memory.poll_order, memory.lock_order});
  }
  const auto waiters = std::make_unique<channel::waiter[]>(count);
  const auto poll_order = std::make_unique<std::uint32_t[]>(count);
  const auto lock_order = std::make_unique<chan_core*[]>(count);
  return channel::run({cases, count}, {waiters.get(), poll_order.get(), lock_order.get()});
}

}  // namespace vole::detail
