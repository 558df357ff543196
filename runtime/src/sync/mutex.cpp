// SPDX-License-Identifier: Apache-2.0
// vole::mutex: the lock, its owner, and what is announced of it.
#include <vole/sync.h>

#include "event/emit.h"
#include "sched/park.h"
#include "sync/mutex_core.h"

namespace vole {

using event::lock_mode;

namespace {

[[gnu::noinline]] void unlock_slowly(detail::mutex_field& field, sync::owner_token self) {
  if (!sync::is_owned(field, self)) sched::fatal("sync: unlock of unlocked mutex");
  if (event::goroutine* const next = sync::give_up_slowly(field)) sched::ready(next);
}

}  // namespace

mutex::~mutex() { event::emit::object_destroyed(this, sizeof *this); }

void mutex::lock() {
  event::emit::operation_begun(event::operation::lock, this);
  sync::acquire(field_, sync::token_of(sched::current()), this);
  event::emit::lock_acquired(this, lock_mode::exclusive);
}

bool mutex::try_lock() {
  event::emit::operation_begun(event::operation::try_lock, this);
  if (!sync::try_acquire(field_, sync::token_of(sched::current()))) return false;
  event::emit::lock_acquired(this, lock_mode::exclusive);
  return true;
}

// The compare-exchange that gives it up checks the owner as well; only who announces must know
// before.
void mutex::unlock() {
  event::emit::operation_begun(event::operation::unlock, this);
  const sync::owner_token self = sync::token_of(sched::current());
  if (event::is_listened(event::kind::lock_released)) {
    if (!sync::is_owned(field_, self)) sched::fatal("sync: unlock of unlocked mutex");
    event::emit::lock_released(this, lock_mode::exclusive);
  }
  if (__builtin_expect(!sync::try_give_up(field_, self), 0)) unlock_slowly(field_, self);
}

}  // namespace vole
