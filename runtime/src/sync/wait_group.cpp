// SPDX-License-Identifier: Apache-2.0
// vole::wait_group: a counter under a guard, and those who wait for zero.
//
// The done() that reaches zero takes the waiters out under the guard, drops it, and only then lets
// them run: they may destroy the group. A wait() that finds zero took the guard after that done().
#include <vole/sync.h>

#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sync/waiters.h"

namespace vole {

using sync::as_lock;

wait_group::~wait_group() { event::emit::object_destroyed(this, sizeof *this); }

void wait_group::add(int delta) {
  sched::current();
  sync::waiter* woken = nullptr;
  {
    const base::spin_guard guard(as_lock(guard_));
    if (delta < 0 && count_ < -delta) throw negative_wait_group_counter();
    if (delta < 0) event::emit::group_done(this);
    count_ += delta;
    if (count_ == 0) woken = sync::take_all(waiters_);
  }
  sync::ready_all(woken);
}

void wait_group::wait() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  sync::waiter me;
  me.self = sched::current();
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  if (count_ > 0) {
    sync::push_back(waiters_, me);
    sched::park_and_unlock(event::wait_reason::wait_group_wait, this, guard);
  } else {
    guard.unlock();
  }
  event::emit::group_waited(this);
}

}  // namespace vole
