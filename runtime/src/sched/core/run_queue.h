// SPDX-License-Identifier: Apache-2.0
// A processor's queue of runnable goroutines: a ring of 256 and the run-next slot.
//
// Only the owner (the worker that holds the processor) pushes, and moves the tail; the owner and
// thieves take from the head by CAS. Every slot is written before the tail's release store that
// publishes it and read before the head's CAS that lets it be overwritten, as in Go's runqput and
// runqgrab.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "sched/core/run_next.h"
#include "sched/goroutine/g.h"

namespace vole::sched {

class run_queue {
 public:
  static constexpr std::uint32_t kCapacity = 256;
  static constexpr std::uint32_t kOverflow = kCapacity / 2 + 1;

  // Owner. Puts `who` at the tail. When the ring is full, half of it and `who` are written to
  // `overflow` (oldest first) for the global queue, and their number is returned; otherwise 0.
  std::uint32_t push(g* who, g* (&overflow)[kOverflow]) noexcept;
  // Owner. Makes `who` the next to run; returns whom it displaced, or null.
  g* exchange_next(g* who) noexcept { return next_.exchange(who); }
  // Owner. From the head; null when empty. The run-next slot is not looked at.
  g* pop() noexcept;
  // Owner. The run-next slot's goroutine, or null.
  g* take_next() noexcept { return next_.take(); }

  // Thief, who owns `into`, an empty queue: moves half of this queue there but for one goroutine,
  // which it returns; null when there is nothing. The run-next slot is taken only if asked for.
  g* steal(run_queue& into, bool with_next) noexcept;

  // Any thread; a hint that is exact when the owner is idle.
  bool is_empty() const noexcept;
  std::uint32_t size() const noexcept;

 private:
  std::atomic<std::uint32_t> head_{0};  // modulo 2^32, as is tail_
  std::atomic<std::uint32_t> tail_{0};
  run_next next_;
  std::atomic<g*> ring_[kCapacity] = {};
};

// First in, first out, unbounded, linked through g::next. Not synchronised.
class g_list {
 public:
  void push(g* who) noexcept {
    who->next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = who;
    tail_ = who;
    ++size_;
  }
  g* pop() noexcept {
    g* who = head_;
    if (who == nullptr) return nullptr;
    head_ = who->next;
    if (head_ == nullptr) tail_ = nullptr;
    who->next = nullptr;
    --size_;
    return who;
  }
  std::size_t size() const noexcept { return size_; }

 private:
  g* head_ = nullptr;
  g* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace vole::sched
