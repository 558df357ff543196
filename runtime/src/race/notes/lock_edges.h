// SPDX-License-Identifier: Apache-2.0
// Taking and giving back a lock, vole's or pthread's: the edges, and who holds what.
#pragma once

#include "event/wait_reason.h"
#include "race/context.h"
#include "race/notes/sync_notes.h"
#include "race/sync_object.h"

namespace vole::race {

// After the lock is held. A lock that knows no readers is spared a look for them.
inline void acquire_lock(context& self, const void* lock, event::lock_mode mode, call_site site,
                         bool may_have_readers = true) {
  const bool is_shared = mode == event::lock_mode::shared;
  sync_acquire(self, sync_key::of(lock));
  if (!is_shared && may_have_readers) sync_take(self, sync_key::of(lock, sync_role::readers));
  note_locked(self, lock, is_shared, site);
}

// Before anybody else can have it.
inline void release_lock(context& self, const void* lock, event::lock_mode mode, call_site site) {
  const bool is_shared = mode == event::lock_mode::shared;
  const sync_scope scope(&self, is_shared ? sync_op::runlock : sync_op::unlock, lock, site);
  note_unlocked(self, lock, is_shared);
  if (is_shared) {
    sync_release_merge(self, sync_key::of(lock, sync_role::readers));
  } else {
    sync_release_store(self, sync_key::of(lock));
  }
}

}  // namespace vole::race
