// SPDX-License-Identifier: Apache-2.0
// vole::once: not begun, running, done; and those who wait for the end of the call.
#include <vole/sync.h>

#include <atomic>

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sync/waiters.h"

namespace vole {
namespace {

constexpr std::uint32_t kNew = 0, kRunning = 1;  // and kOnceDone, kOnceDoneHeard

}  // namespace

using sync::as_lock;

once::~once() { event::emit::object_destroyed(this, sizeof *this); }

bool once::begin() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::once_call, this);
  const std::atomic_ref state(state_);
  // acquire: pairs with the release in end(); sees what the call has done
  const std::uint32_t now = state.load(std::memory_order_acquire);
  if (now == detail::kOnceDone) return false;
  sync::waiter me;
  me.self = sched::current();
  if (now != detail::kOnceDoneHeard) {
    base::spin_lock& guard = as_lock(guard_);
    guard.lock();
    const std::uint32_t seen = state.load(std::memory_order_relaxed);  // relaxed: guard held
    if (seen == kNew) {
      state.store(kRunning, std::memory_order_relaxed);  // relaxed: guard held
      guard.unlock();
      return true;
    }
    if (seen == kRunning) {
      sync::push_back(waiters_, me);
      sched::park_and_unlock(event::wait_reason::mutex_lock, this, guard);  // as Go's, by its mutex
    } else {
      guard.unlock();
    }
  }
  event::emit::once_observed(this);
  return false;
}

void once::end() {
  event::emit::operation_begun(event::operation::once_call, this);
  event::emit::once_done(this);
  sync::waiter* woken;
  {
    const base::spin_guard guard(as_lock(guard_));
    const std::atomic_ref state(state_);
    VOLE_ASSERT(state.load(std::memory_order_relaxed) == kRunning);  // relaxed: guard held
    // release: pairs with the acquire in begin() and in quick_is_done(). Who listens later is told
    // of later ones only.
    state.store(event::is_any_listened(
                    event::bits_of(event::kind::once_observed, event::kind::operation_begun))
                    ? detail::kOnceDoneHeard
                    : detail::kOnceDone,
                std::memory_order_release);
    woken = sync::take_all(waiters_);
  }
  sync::ready_all(woken);
}

}  // namespace vole
