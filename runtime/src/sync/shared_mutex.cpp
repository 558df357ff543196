// SPDX-License-Identifier: Apache-2.0
// vole::shared_mutex: readers and writers, as Go's RWMutex.
//
// Writers take turns by `writers_`. The one that has it declares itself pending, which keeps new
// readers out, and waits until those inside have left. When it unlocks, all readers that came
// meanwhile get in before the next writer.
//
// unlock() wakes nobody before it has made its last access to the object: a reader that finds the
// writer gone may destroy it.
#include <vole/sync.h>

#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sync/mutex_core.h"
#include "sync/waiters.h"

namespace vole {

using event::lock_mode;
using event::wait_reason;
using sync::as_lock;

shared_mutex::~shared_mutex() { event::emit::object_destroyed(this, sizeof *this); }

void shared_mutex::lock() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::lock, this);
  event::goroutine* const self = sched::current();
  sync::acquire(writers_, sync::token_of(self), this);
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  is_writer_pending_ = true;
  if (readers_ > 0) {
    sync::waiter me;
    me.self = self;
    waiting_writer_ = &me;
    sched::park_and_unlock(wait_reason::rw_mutex_lock, this, guard);
    guard.lock();
  }
  is_writing_ = true;
  owner_ = self;
  guard.unlock();
  event::emit::lock_acquired(this, lock_mode::exclusive);
}

bool shared_mutex::try_lock() {
  event::emit::operation_begun(event::operation::try_lock, this);
  event::goroutine* const self = sched::current();
  if (!sync::try_acquire(writers_, sync::token_of(self))) return false;
  bool has_readers;
  {
    const base::spin_guard guard(as_lock(guard_));
    has_readers = readers_ > 0;
    if (!has_readers) {
      is_writer_pending_ = true;
      is_writing_ = true;
      owner_ = self;
    }
  }
  if (has_readers) {
    if (event::goroutine* const next = sync::give_up(writers_, sync::token_of(self)))
      sched::ready(next);
    return false;
  }
  event::emit::lock_acquired(this, lock_mode::exclusive);
  return true;
}

void shared_mutex::unlock() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::unlock, this);
  sched::current();
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  if (!is_writing_) sched::fatal("sync: Unlock of unlocked RWMutex");
  event::emit::lock_released(this, lock_mode::exclusive);
  is_writing_ = false;
  is_writer_pending_ = false;
  // Another one than the owner may unlock, as in Go.
  const auto writer = reinterpret_cast<sync::owner_token>(owner_);
  owner_ = nullptr;
  sync::waiter* const readers = sync::take_all(waiting_readers_);
  for (const sync::waiter* one = readers; one != nullptr; one = one->next) ++readers_;
  event::goroutine* const next_writer = sync::give_up(writers_, writer);
  guard.unlock();
  sync::ready_all(readers);
  if (next_writer != nullptr) sched::ready(next_writer);
}

void shared_mutex::lock_shared() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::lock, this);
  event::goroutine* const self = sched::current();
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  if (is_writer_pending_) {
    sync::waiter me;
    me.self = self;
    sync::push_back(waiting_readers_, me);
    const sync::owner_source owner(writers_);
    const event::wait_scope note(*self, owner);
    sched::park_and_unlock(wait_reason::rw_mutex_rlock, this, guard);  // the waker counts us in
  } else {
    ++readers_;
    guard.unlock();
  }
  event::emit::lock_acquired(this, lock_mode::shared);
}

bool shared_mutex::try_lock_shared() {
  event::emit::operation_begun(event::operation::try_lock, this);
  sched::current();
  {
    const base::spin_guard guard(as_lock(guard_));
    if (is_writer_pending_) return false;
    ++readers_;
  }
  event::emit::lock_acquired(this, lock_mode::shared);
  return true;
}

void shared_mutex::unlock_shared() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::unlock, this);
  sched::current();
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  if (readers_ == 0) sched::fatal("sync: RUnlock of unlocked RWMutex");
  event::emit::lock_released(this, lock_mode::shared);
  --readers_;
  sync::waiter* const writer = readers_ == 0 ? waiting_writer_ : nullptr;
  if (writer != nullptr) waiting_writer_ = nullptr;
  guard.unlock();
  if (writer != nullptr) sched::ready(writer->self);
}

}  // namespace vole
