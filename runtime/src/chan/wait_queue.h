// SPDX-License-Identifier: Apache-2.0
// Who waits on a channel, in the order of their coming.
//
// A waiter lives on the stack of the goroutine that waits, or next to it for a large select. It is
// in a queue from the moment the goroutine decides to park until a peer takes it out, or until its
// select has ended with another case; both happen under the channel's lock.
//
// A select stands in several queues at once: whoever takes one of its waiters out must win the
// select's claim first, and leaves the waiter alone if somebody else has. Such a waiter is taken
// out all the same, and `is_queued` is the last of it that is touched: when its select finds it
// false, without the lock, the waiter is its own again.
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
  void* kept = nullptr;                // a sender's value, a receiver's slot
  select_state* select = nullptr;      // null: a plain operation
  std::atomic<bool> is_queued{false};  // written under the lock
  bool is_successful = false;  // written before ready(): false means that the channel was closed
};

class wait_queue {
 public:
  // Exact under the lock. Without it a look; see "Looking without the lock" in chan_core.h.
  bool is_empty() const noexcept {
    // acquire: what the caller reads next is no older; the waiter itself is not looked at
    return head_.load(std::memory_order_acquire) == nullptr;
  }

  void push(waiter& who) noexcept {
    who.next = nullptr;
    who.previous = tail_;
    if (tail_ != nullptr)
      tail_->next = &who;
    else
      set_head(&who);
    tail_ = &who;
    // relaxed: published by the lock
    who.is_queued.store(true, std::memory_order_relaxed);
  }

  // Takes out the first waiter that is still to be had, or null. It belongs to the caller, who must
  // ready it.
  waiter* take() noexcept {
    while (waiter* const who = head()) {
      const bool is_ours = who->select == nullptr || who->select->claim();
      if (is_ours && who->select != nullptr) who->select->chosen = who;
      take_out(*who);
      if (is_ours) return who;
    }
    return nullptr;
  }

  // Takes `who` out if it is still here.
  void remove(waiter& who) noexcept {
    if (who.is_queued.load(std::memory_order_relaxed)) take_out(who);  // relaxed: under the lock
  }

 private:
  waiter* head() const noexcept {
    return head_.load(std::memory_order_relaxed);  // relaxed: under the lock
  }
  void set_head(waiter* who) noexcept {
    head_.store(who, std::memory_order_release);  // release: as the count's, see set_count()
  }
  void take_out(waiter& who) noexcept {
    if (who.previous != nullptr)
      who.previous->next = who.next;
    else
      set_head(who.next);
    (who.next != nullptr ? who.next->previous : tail_) = who.previous;
    // release: pairs with the look of a select that leaves; see the top
    who.is_queued.store(false, std::memory_order_release);
  }

  std::atomic<waiter*> head_{nullptr};
  waiter* tail_ = nullptr;
};

}  // namespace vole::channel
