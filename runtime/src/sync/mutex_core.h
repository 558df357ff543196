// SPDX-License-Identifier: Apache-2.0
// The lock under vole::mutex and shared_mutex: no announcements. Also used as it is for vole's own
// tables that call the user's functions while they are locked.
#pragma once

#include <vole/detail/sync_fields.h>

#include <atomic>
#include <cstdint>

#include "event/goroutine.h"
#include "event/wait/source.h"
#include "sched/park.h"

namespace vole::sync {

// Who has a lock: a goroutine, or kSomebody where it does not matter who. Never 0, and the low
// three bits are.
using owner_token = std::uintptr_t;
inline constexpr owner_token kSomebody = 8;

inline owner_token token_of(const event::goroutine* who) {
  return reinterpret_cast<owner_token>(who);
}

// Waits until `owner` has the lock; see mutex_core.cpp. `object` is what the census shows.
void acquire_slowly(detail::mutex_field& lock, owner_token owner, const void* object);
bool try_acquire(detail::mutex_field& lock, owner_token owner);

inline void acquire(detail::mutex_field& lock, owner_token owner, const void* object) {
  std::uintptr_t seen = 0;
  // acquire: pairs with the release of the last owner
  if (!std::atomic_ref(lock.state)
           .compare_exchange_strong(seen, owner, std::memory_order_acquire,
                                    std::memory_order_relaxed))
    acquire_slowly(lock, owner, object);
}

// Whether `owner` has the lock. To be believed by nobody else.
bool is_owned(const detail::mutex_field& lock, owner_token owner);

// Gives it up, for its owner. The goroutine that must be readied, or null: the caller does so when
// it has dropped its own locks.
[[nodiscard]] event::goroutine* give_up_slowly(detail::mutex_field& lock);

// The whole of it when nobody waits. False also when `owner` has not got it.
[[nodiscard]] inline bool try_give_up(detail::mutex_field& lock, owner_token owner) {
  std::uintptr_t seen = owner;
  // release: pairs with the acquire of the next owner
  return std::atomic_ref(lock.state)
      .compare_exchange_strong(seen, 0, std::memory_order_release, std::memory_order_relaxed);
}

[[nodiscard]] inline event::goroutine* give_up(detail::mutex_field& lock, owner_token owner) {
  return try_give_up(lock, owner) ? nullptr : give_up_slowly(lock);
}

// Who has the lock; null: nobody, or somebody who has not said so. A look.
inline const event::goroutine* owner_of(const detail::mutex_field& lock) {
  constexpr std::uintptr_t kTokenBits = ~std::uintptr_t{7};
  // relaxed: whoever it is may be another one at once
  const std::uintptr_t token =
      std::atomic_ref(const_cast<std::uintptr_t&>(lock.state)).load(std::memory_order_relaxed) &
      kTokenBits;
  return token == kSomebody ? nullptr : reinterpret_cast<const event::goroutine*>(token);
}

// Whether anybody has it. A look.
inline bool is_locked(const detail::mutex_field& lock) {
  constexpr std::uintptr_t kTokenBits = ~std::uintptr_t{7};
  // relaxed: asked by who knows that nobody uses the lock any more
  return (std::atomic_ref(const_cast<std::uintptr_t&>(lock.state)).load(std::memory_order_relaxed) &
          kTokenBits) != 0;
}

// The census's note of a wait for the lock's owner.
struct owner_source : event::wait_source {
  explicit owner_source(const detail::mutex_field& wanted) noexcept
      : wait_source{[](const wait_source& self, event::wait_detail& detail) noexcept {
          detail.owner = owner_of(static_cast<const owner_source&>(self).lock);
        }},
        lock(wanted) {}
  const detail::mutex_field& lock;
};

class scoped_lock {
 public:
  explicit scoped_lock(detail::mutex_field& lock) : lock_(lock) { acquire(lock, kSomebody, &lock); }
  ~scoped_lock() {
    if (event::goroutine* const next = give_up(lock_, kSomebody)) sched::ready(next);
  }
  scoped_lock(const scoped_lock&) = delete;
  scoped_lock& operator=(const scoped_lock&) = delete;

 private:
  detail::mutex_field& lock_;
};

}  // namespace vole::sync
