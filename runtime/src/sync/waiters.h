// SPDX-License-Identifier: Apache-2.0
// The queue of goroutines that wait for a lock, a group or a condition. The waiters lie on their
// own stacks; the queue's two pointers lie in the user's object. All is used under the object's
// guard.
#pragma once

#include <vole/detail/sync_fields.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/goroutine.h"
#include "sched/park.h"

namespace vole::sync {

struct waiter {
  waiter* next = nullptr;
  waiter* previous = nullptr;
  event::goroutine* self = nullptr;
  std::uintptr_t token = 0;  // mutex: what it writes down as the owner
  bool is_queued = false;
  bool is_handed_over = false;  // mutex: it owns the lock when it wakes
};

inline bool is_empty(const detail::queue_field& queue) { return queue.first == nullptr; }

inline void push_back(detail::queue_field& queue, waiter& who) {
  VOLE_ASSERT(!who.is_queued);
  who.next = nullptr;
  who.previous = queue.last;
  (queue.last != nullptr ? queue.last->next : queue.first) = &who;
  queue.last = &who;
  who.is_queued = true;
}

inline void push_front(detail::queue_field& queue, waiter& who) {
  VOLE_ASSERT(!who.is_queued);
  who.previous = nullptr;
  who.next = queue.first;
  (queue.first != nullptr ? queue.first->previous : queue.last) = &who;
  queue.first = &who;
  who.is_queued = true;
}

inline void remove(detail::queue_field& queue, waiter& who) {
  VOLE_ASSERT(who.is_queued);
  (who.previous != nullptr ? who.previous->next : queue.first) = who.next;
  (who.next != nullptr ? who.next->previous : queue.last) = who.previous;
  who.is_queued = false;
}

// Null when it is empty.
inline waiter* pop_front(detail::queue_field& queue) {
  waiter* const who = queue.first;
  if (who != nullptr) remove(queue, *who);
  return who;
}

// Everybody, as a list linked by `next`; the queue is empty then.
inline waiter* take_all(detail::queue_field& queue) {
  waiter* const all = queue.first;
  queue = {};
  return all;
}

// Lets everybody of such a list run. No lock held.
inline void ready_all(waiter* list) {
  while (list != nullptr) {
    waiter* const next = list->next;  // the waiter is its goroutine's again after ready()
    sched::ready(list->self);
    list = next;
  }
}

// The guard in a user's object as the spin lock that it is.
inline base::spin_lock& as_lock(detail::guard_field& field) {
  static_assert(sizeof(detail::guard_field) == sizeof(base::spin_lock));
  static_assert(alignof(detail::guard_field) == alignof(base::spin_lock));
  return reinterpret_cast<base::spin_lock&>(field);
}

}  // namespace vole::sync
