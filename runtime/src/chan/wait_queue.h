// SPDX-License-Identifier: Apache-2.0
// Who waits on a channel, in the order of their coming.
//
// A waiter lives on the stack of the goroutine that waits, or next to it for a large select. It is
// in a queue from the moment the goroutine decides to park until a peer takes it out, or until its
// select has ended with another case; both happen under the channel's lock.
//
// A select stands in several queues at once: whoever takes one of its waiters out must win the
// select's claim first, and leaves the waiter alone if somebody else has.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/check.h"
#include "event/goroutine.h"

namespace vole::channel {

struct waiter;

// What the cases of one select share.
struct select_state {
  std::atomic<bool> is_claimed{false};
  waiter* chosen = nullptr;  // written by the one who claimed it, before ready()

  bool claim() noexcept {
    bool expected = false;
    // relaxed: only one wins, whatever the order; the queues' locks and ready() publish the data
    return is_claimed.compare_exchange_strong(expected, true, std::memory_order_relaxed);
  }
};

struct waiter {
  waiter* next = nullptr;
  waiter* previous = nullptr;
  event::goroutine* self = nullptr;
  void* kept = nullptr;            // a sender's value, a receiver's slot
  select_state* select = nullptr;  // null: a plain operation
  bool is_queued = false;
  bool is_successful = false;  // written before ready(): false means that the channel was closed
};

class wait_queue {
 public:
  bool is_empty() const noexcept { return head_ == nullptr; }

  void push(waiter& who) noexcept {
    VOLE_ASSERT(!who.is_queued);
    who.next = nullptr;
    who.previous = tail_;
    (tail_ != nullptr ? tail_->next : head_) = &who;
    tail_ = &who;
    who.is_queued = true;
  }

  // Takes out the first waiter that is still to be had, or null. It belongs to the caller, who must
  // ready it.
  waiter* take() noexcept {
    while (waiter* const who = head_) {
      remove(*who);
      if (who->select == nullptr) return who;
      if (!who->select->claim()) continue;  // another case of its select has been chosen
      who->select->chosen = who;
      return who;
    }
    return nullptr;
  }

  // Takes `who` out if it is still here.
  void remove(waiter& who) noexcept {
    if (!who.is_queued) return;
    (who.previous != nullptr ? who.previous->next : head_) = who.next;
    (who.next != nullptr ? who.next->previous : tail_) = who.previous;
    who.is_queued = false;
  }

 private:
  waiter* head_ = nullptr;
  waiter* tail_ = nullptr;
};

}  // namespace vole::channel
