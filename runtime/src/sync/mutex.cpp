// SPDX-License-Identifier: Apache-2.0
// vole::mutex: the lock, its owner, and what is announced of it.
#include <vole/sync.h>

#include <atomic>

#include "event/emit.h"
#include "sched/park.h"
#include "sync/mutex_core.h"

namespace vole {

using event::lock_mode;

namespace {

// The owner is read by others (a wrong unlock, the census), so it is an atomic in all but type.
void set_owner(const void*& owner, const void* value) {
  // relaxed: only the owner itself must see its own store; the others get a hint
  std::atomic_ref<const void*>(owner).store(value, std::memory_order_relaxed);
}

const void* get_owner(const void*& owner) {
  return std::atomic_ref<const void*>(owner).load(std::memory_order_relaxed);  // relaxed: as above
}

}  // namespace

mutex::~mutex() { event::emit::object_destroyed(this, sizeof *this); }

void mutex::lock() {
  event::goroutine* const self = sched::current();
  sync::acquire(field_, this);
  set_owner(owner_, self);
  event::emit::lock_acquired(this, lock_mode::exclusive);
}

bool mutex::try_lock() {
  event::goroutine* const self = sched::current();
  if (!sync::try_acquire(field_)) return false;
  set_owner(owner_, self);
  event::emit::lock_acquired(this, lock_mode::exclusive);
  return true;
}

void mutex::unlock() {
  if (get_owner(owner_) != sched::current()) sched::fatal("sync: unlock of unlocked mutex");
  event::emit::lock_released(this, lock_mode::exclusive);
  set_owner(owner_, nullptr);
  sync::release(field_);
}

}  // namespace vole
