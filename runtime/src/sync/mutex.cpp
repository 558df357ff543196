// SPDX-License-Identifier: Apache-2.0
// vole::mutex where the inlined halves of <vole/detail/quick_path.h> don't suffice: somebody waits
// or listens, or misuses it. Its owner, and what is announced of it.
#include <vole/sync.h>

#include "event/emit.h"
#include "sched/exit.h"
#include "sched/park.h"
#include "sync/mutex_core.h"

namespace vole {

using event::lock_mode;

mutex::~mutex() {
  if (event::is_listened(event::kind::misused) && sync::is_locked(field_) &&
      !sched::is_process_over()) {
    event::emit::misused(event::misuse::destruction_of_locked_mutex, this,
                         const_cast<event::goroutine*>(sync::owner_of(field_)));
  }
  event::emit::object_destroyed(this, sizeof *this);
}

void mutex::lock_slowly() {
  event::emit::operation_begun(event::operation::lock, this);
  sync::acquire(field_, sync::token_of(sched::current()), this);
  event::emit::lock_acquired(this, lock_mode::exclusive);
}

bool mutex::try_lock_slowly() {
  event::emit::operation_begun(event::operation::try_lock, this);
  if (!sync::try_acquire(field_, sync::token_of(sched::current()))) return false;
  event::emit::lock_acquired(this, lock_mode::exclusive);
  return true;
}

void mutex::unlock_slowly() {
  event::emit::operation_begun(event::operation::unlock, this);
  if (!sync::is_owned(field_, sync::token_of(sched::current()))) {
    event::emit::misused(event::misuse::unlock_of_unlocked_mutex, this,
                         const_cast<event::goroutine*>(sync::owner_of(field_)));
    sched::fatal("sync: unlock of unlocked mutex");
  }
  event::emit::lock_released(this, lock_mode::exclusive);
  if (event::goroutine* const next = sync::give_up_slowly(field_)) sched::ready(next);
}

}  // namespace vole
