// SPDX-License-Identifier: Apache-2.0
// The lock under vole::mutex and shared_mutex: no owner, no announcements. Also used as it is for
// vole's own tables that call the user's functions while they are locked.
#pragma once

#include <vole/detail/sync_fields.h>

#include "event/goroutine.h"
#include "event/wait_reason.h"

namespace vole::sync {

// Waits until the lock is had; see mutex_core.cpp. `object` is what the census shows.
void acquire(detail::mutex_field& lock, const void* object);
bool try_acquire(detail::mutex_field& lock);

// Gives it up. The goroutine that must be readied, or null: the caller does so when it has dropped
// its own locks.
[[nodiscard]] event::goroutine* give_up(detail::mutex_field& lock);
void release(detail::mutex_field& lock);

class scoped_lock {
 public:
  explicit scoped_lock(detail::mutex_field& lock) : lock_(lock) { acquire(lock, &lock); }
  ~scoped_lock() { release(lock_); }
  scoped_lock(const scoped_lock&) = delete;
  scoped_lock& operator=(const scoped_lock&) = delete;

 private:
  detail::mutex_field& lock_;
};

}  // namespace vole::sync
