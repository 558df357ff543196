// SPDX-License-Identifier: Apache-2.0
// Turns at a descriptor, and its end.
#include "net/fd_lock.h"

#include "base/check.h"
#include "sched/park.h"

namespace vole::net {

bool fd_lock::enter() noexcept {
  base::spin_guard guard(guard_);
  if (is_closed_) return false;
  ++users_;
  return true;
}

bool fd_lock::enter(sched::poll_side side) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  waiter me;
  guard_.lock();
  side_queue& queue = sides_[static_cast<std::size_t>(side)];
  if (is_closed_ || !queue.is_taken) {
    const bool is_let_in = !is_closed_;
    if (is_let_in) {
      queue.is_taken = true;
      ++users_;
    }
    guard_.unlock();
    return is_let_in;
  }
  guard_.unlock();
  me.self = sched::current();  // may adopt this thread: not under the guard
  guard_.lock();
  if (is_closed_ || !queue.is_taken) {
    guard_.unlock();
    return enter(side);
  }
  (queue.last == nullptr ? queue.first : queue.last->next) = &me;
  queue.last = &me;
  sched::park_and_unlock(event::wait_reason::semacquire, this, guard_);
  return me.is_let_in;
}

bool fd_lock::leave() noexcept {
  base::spin_guard guard(guard_);
  return leave_locked();
}

bool fd_lock::leave(sched::poll_side side) noexcept {
  event::goroutine* next = nullptr;
  bool is_last = false;
  {
    base::spin_guard guard(guard_);
    side_queue& queue = sides_[static_cast<std::size_t>(side)];
    VOLE_ASSERT(queue.is_taken);
    if (waiter* const first = queue.first) {  // it takes this use over
      queue.first = first->next;
      if (queue.first == nullptr) queue.last = nullptr;
      first->is_let_in = true;
      next = first->self;
    } else {
      queue.is_taken = false;
      is_last = leave_locked();
    }
  }
  if (next != nullptr) sched::ready(next);
  return is_last;
}

bool fd_lock::close() noexcept {
  waiter* sent_away[2] = {};
  {
    base::spin_guard guard(guard_);
    if (is_closed_) return false;
    is_closed_ = true;
    for (std::size_t i = 0; i < 2; ++i) {
      sent_away[i] = sides_[i].first;
      sides_[i].first = sides_[i].last = nullptr;
    }
  }
  for (waiter* first : sent_away) {
    while (first != nullptr) {
      waiter* const next = first->next;  // it is gone once it runs
      sched::ready(first->self);
      first = next;
    }
  }
  return true;
}

void fd_lock::finish() noexcept {
  event::goroutine* closer = nullptr;
  {
    base::spin_guard guard(guard_);
    is_finished_ = true;
    closer = closer_;
  }
  if (closer != nullptr) sched::ready(closer);
}

void fd_lock::wait_until_finished() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::goroutine* const self = sched::current();
  guard_.lock();
  if (is_finished_) {
    guard_.unlock();
    return;
  }
  closer_ = self;
  sched::park_and_unlock(event::wait_reason::semacquire, this, guard_);
}

}  // namespace vole::net
