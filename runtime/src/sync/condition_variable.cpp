// SPDX-License-Identifier: Apache-2.0
// vole::condition_variable: first come, first notified, never woken for nothing.
//
// Between giving up the mutex and parking, a waiter can already be notified; and a timed one may be
// notified and run out at the same time. So each waiter has two words of its own:
//   end    what ended the wait: whoever changes it from `none` has the waiter (it is the claim)
//   gate   closed -> parked (by the waiter) -> open (by the claimant), or closed -> open: then the
//          waiter doesn't park at all
// The claimant opens the gate last, after its announcement, and touches the waiter no more unless
// it was parked. A waiter that has been notified never touches the condition variable again, since
// the notifier may destroy it; one that timed out was not notified, so it still may, and must,
// leave the queue itself.
#include <vole/sync.h>

#include <atomic>
#include <cstdint>

#include "base/spin_lock.h"
#include "event/emit.h"
#include "event/wait/source.h"
#include "sched/park.h"
#include "sched/timer.h"
#include "sync/waiters.h"

namespace vole {
namespace {

using sync::as_lock;

enum class wait_end : std::uint8_t { none, notified, timed_out };
enum class gate_state : std::uint8_t { closed, parked, open };

struct cond_waiter : sync::waiter {
  std::atomic<wait_end> end{wait_end::none};
  std::atomic<gate_state> gate{gate_state::closed};

  bool claim(wait_end how) {
    wait_end seen = wait_end::none;
    // acq_rel: the loser sees that the winner won; the data travels by the gate
    return end.compare_exchange_strong(seen, how, std::memory_order_acq_rel);
  }
  void open() {
    event::goroutine* const who = self;  // the waiter may be gone once the gate is open
    // acq_rel: pairs with pass(); the claimant's announcements come before
    if (gate.exchange(gate_state::open, std::memory_order_acq_rel) == gate_state::parked)
      sched::ready(who);
  }
  void pass(const void* object) {
    sched::park(
        event::wait_reason::cond_wait, object,
        [](event::goroutine*, void* argument) {
          gate_state seen = gate_state::closed;
          // acq_rel: pairs with open()
          return static_cast<cond_waiter*>(argument)->gate.compare_exchange_strong(
              seen, gate_state::parked, std::memory_order_acq_rel);
        },
        this);
  }
};

struct cond_timer : sched::timer_entry {
  cond_waiter* waiter = nullptr;
};

void on_timeout(sched::timer_entry& entry) {
  cond_waiter& who = *static_cast<cond_timer&>(entry).waiter;
  if (who.claim(wait_end::timed_out)) who.open();
}

// Whether nobody waits, without the guard. Whoever waits for what the notifier has changed queued
// up before it gave up the mutex under which that was changed, so the notifier sees it in the
// queue; those that it may miss have looked at the change themselves.
bool seems_empty(detail::queue_field& waiters) {
  // relaxed: the mutex orders it, see above
  return std::atomic_ref(waiters.first).load(std::memory_order_relaxed) == nullptr;
}

// Notifies the first that has not timed out. False: there is none.
bool notify_first_locked(const void* cond, detail::queue_field& waiters) {
  while (sync::waiter* const first = sync::pop_front(waiters)) {
    auto& who = *static_cast<cond_waiter*>(first);
    if (!who.claim(wait_end::notified)) continue;
    event::emit::cond_notified(cond, who.self);
    who.open();
    return true;
  }
  return false;
}

}  // namespace

condition_variable::~condition_variable() { event::emit::object_destroyed(this, sizeof *this); }

void condition_variable::notify_one() noexcept {
  event::emit::operation_begun(event::operation::cond_notify, this);
  if (seems_empty(waiters_)) return;
  sched::current();
  const base::spin_guard guard(as_lock(guard_));
  notify_first_locked(this, waiters_);
}

void condition_variable::notify_all() noexcept {
  event::emit::operation_begun(event::operation::cond_notify, this);
  if (seems_empty(waiters_)) return;
  sched::current();
  const base::spin_guard guard(as_lock(guard_));
  while (notify_first_locked(this, waiters_)) {
  }
}

void condition_variable::wait_core(mutex& held) {
  cond_waiter me;
  me.self = sched::current();
  {
    const base::spin_guard guard(as_lock(guard_));
    sync::push_back(waiters_, me);
  }
  held.unlock();
  me.pass(this);
  held.lock();
}

bool condition_variable::wait_core_until(mutex& held, time_point deadline) {
  cond_waiter me;
  me.self = sched::current();
  cond_timer timer;
  timer.waiter = &me;
  timer.fire = &on_timeout;
  sched::bind_to_clock(timer);
  timer.deadline_ns = deadline.time_since_epoch().count();
  {
    const base::spin_guard guard(as_lock(guard_));
    sync::push_back(waiters_, me);
  }
  held.unlock();
  sched::arm(timer);
  {
    const event::deadline_source until(timer.deadline_ns);
    const event::wait_scope note(*me.self, until);
    me.pass(this);
  }
  sched::cancel(timer);
  const bool is_notified = me.end.load(std::memory_order_acquire) ==  // acquire: see claim()
                           wait_end::notified;
  if (!is_notified) {
    const base::spin_guard guard(as_lock(guard_));
    if (me.is_queued) sync::remove(waiters_, me);
  }
  held.lock();
  return is_notified;
}

}  // namespace vole
