// SPDX-License-Identifier: Apache-2.0
// A 4-ary heap of timer entries, by deadline.
//
// Invariants
//   each slot's deadline is not before its parent's
//   entries[i].heap_index == i, and its deadline is the slot's; an entry outside has kNotArmed
//
// The deadline is kept beside the pointer, so that sifting compares without following pointers:
// with a million entries those would each be a miss of the caches. Four children are 64 bytes.
// Growth by half and not by two keeps a timer within 64 bytes: 40 of the entry, 16 to 24 of the
// slot.
//
// Rejected: a wheel (rounds deadlines, or cascades them under the lock); a pairing heap (three
// links in each entry); Go's lazy deletion (here stop would leave an entry behind that its owner
// frees).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/prng.h"
#include "sched/timer.h"

namespace vole::sched {

// Not synchronised.
class timer_heap {
 public:
  static constexpr std::uint32_t kNotArmed = UINT32_MAX;

  constexpr timer_heap() noexcept = default;
  timer_heap(const timer_heap&) = delete;
  timer_heap& operator=(const timer_heap&) = delete;
  ~timer_heap();  // its entries are others'

  bool is_empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  // The deadline of the first, kNever when it is empty.
  std::int64_t least_ns() const noexcept { return size_ == 0 ? kNever : slots_[0].deadline_ns; }
  timer_entry& top() const noexcept { return *slots_[0].entry; }
  // One of those with the least deadline, each with some probability.
  timer_entry& any_top(base::prng& random) const noexcept;

  // By entry.deadline_ns. Throws std::bad_alloc, and then has not changed.
  void push(timer_entry& entry);
  void remove(timer_entry& entry) noexcept;
  // `entry`, which is in the heap, gets a later deadline.
  void postpone(timer_entry& entry, std::int64_t deadline_ns) noexcept;

  bool is_valid() const noexcept;

 private:
  struct slot {
    std::int64_t deadline_ns;
    timer_entry* entry;
  };

  void place(const slot& what, std::size_t index) noexcept {
    slots_[index] = what;
    what.entry->heap_index = static_cast<std::uint32_t>(index);
  }
  void sift_up(slot moving, std::size_t index) noexcept;
  void sift_down(slot moving, std::size_t index) noexcept;
  bool resize(std::size_t capacity) noexcept;

  slot* slots_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace vole::sched
