// SPDX-License-Identifier: Apache-2.0
// The goroutines that no processor has in its own queue, unbounded: those that have run before in
// the order they came; those that have not, the newest first.
//
// A goroutine that has not run yet is a record; one that has started is a used stack, and what it
// has in hand. So what is started goes first, and of the others the newest: they are the youngest
// children, and a program that branches out is walked depth first. A tree of a million goroutines
// has some thousands of them alive at once this way, all of them warm, where taking the oldest
// first had a tenth of the tree. Two rules keep this fair: while both kinds wait each has half of
// the turns, and every kAgeNs some of the oldest of those that have not run get in line with those
// that have (see age()).
//
// Pointers in chunks, and not a list through the records: to take a share of a long list is one
// cache miss after the other (a sixth of the time of a million goroutines). Not synchronised.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include "base/check.h"
#include "sched/goroutine/g.h"

namespace vole::sched {

// Pointers in the order that they came, taken from either end. Not synchronised, never freed.
class g_deque {
 public:
  void push(g* who) noexcept {
    if (last_ == nullptr || end_ == kChunkItems) append_chunk();
    last_->items[end_++] = who;
    ++size_;
  }

  // Null when empty.
  g* pop_oldest() noexcept {
    if (size_ == 0) return nullptr;
    if (begin_ == kChunkItems) {
      chunk* const empty = std::exchange(first_, first_->next);
      first_->previous = nullptr;
      begin_ = 0;
      drop(empty);
    }
    --size_;
    return first_->items[begin_++];
  }
  g* pop_newest() noexcept {
    if (size_ == 0) return nullptr;
    if (end_ == 0) {
      chunk* const empty = std::exchange(last_, last_->previous);
      last_->next = nullptr;
      end_ = kChunkItems;
      drop(empty);
    }
    --size_;
    return last_->items[--end_];
  }

  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t kChunkItems = 510;  // a page with the links
  struct chunk {
    chunk *previous, *next;
    g* items[kChunkItems];
  };

  void append_chunk() noexcept {
    chunk* made = std::exchange(spare_, nullptr);
    // Not operator new: this runs under the scheduler's lock, and the heap profile listens there.
    if (made == nullptr) made = static_cast<chunk*>(std::malloc(sizeof(chunk)));
    VOLE_CHECK(made != nullptr, "out of memory for the queue of runnable goroutines");
    made->previous = last_;
    made->next = nullptr;
    (last_ != nullptr ? last_->next : first_) = made;
    last_ = made;
    end_ = 0;
  }

  void drop(chunk* empty) noexcept {
    if (spare_ == nullptr)
      spare_ = empty;
    else
      std::free(empty);
  }

  chunk* first_ = nullptr;
  chunk* last_ = nullptr;
  chunk* spare_ = nullptr;  // so that a queue that comes and goes does not allocate
  std::size_t begin_ = 0;   // of the oldest in the first chunk
  std::size_t end_ = 0;     // behind the newest in the last chunk
  std::size_t size_ = 0;
};

class global_run_queue {
 public:
  // So often age() lets some of the oldest in line. A tenth of it, Go's time slice: on a machine
  // under load, where fewer turns are had in that time, a tree is walked in breadth again; ten
  // times: whoever is left behind waits for ten times as long.
  static constexpr std::int64_t kAgeNs = 100'000'000;
  // One of so many: half of a crowd is in line within five seconds. A quarter of it: ten times as
  // many alive in a tree on a machine under load; four times: that crowd takes twenty seconds.
  static constexpr std::size_t kAgePart = 64;

  void push(g* who) noexcept { (who->is_fresh ? fresh_ : in_line_).push(who); }

  // One of the two kinds in turn; null when empty.
  g* pop() noexcept {
    is_fresh_turn_ = !is_fresh_turn_;
    g* const first = is_fresh_turn_ ? fresh_.pop_newest() : in_line_.pop_oldest();
    if (first != nullptr) return first;
    return is_fresh_turn_ ? in_line_.pop_oldest() : fresh_.pop_newest();
  }

  // Fills `out` with those to run next, in this order, as far as there are so many; their number.
  // Half of them are of each kind if both have so many.
  std::size_t take(std::span<g*> out) noexcept {
    const std::size_t half = out.size() / 2;
    const std::size_t for_fresh = std::min(fresh_.size(), half);
    const std::size_t in_line = std::min(in_line_.size(), out.size() - for_fresh);
    for (std::size_t i = 0; i < in_line; ++i) out[i] = in_line_.pop_oldest();
    const std::size_t count = in_line + std::min(fresh_.size(), out.size() - in_line);
    for (std::size_t i = count; i > in_line; --i) out[i - 1] = fresh_.pop_newest();
    return count;
  }

  // To be called now and then while somebody waits. `now`: on any clock that does not go back.
  void age(std::int64_t now_ns) noexcept {
    if (fresh_.size() == 0 || now_ns - aged_at_ns_ < kAgeNs) return;
    aged_at_ns_ = now_ns;
    // Whom a local queue has no room for, after all, comes back as one of the newest.
    for (std::size_t left = (fresh_.size() + kAgePart - 1) / kAgePart; left > 0; --left)
      in_line_.push(fresh_.pop_oldest());
  }

  std::size_t size() const noexcept { return in_line_.size() + fresh_.size(); }

 private:
  g_deque in_line_;
  g_deque fresh_;
  bool is_fresh_turn_ = false;
  std::int64_t aged_at_ns_ = 0;
};

}  // namespace vole::sched
