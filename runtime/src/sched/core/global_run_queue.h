// SPDX-License-Identifier: Apache-2.0
// The goroutines that no processor has in its own queue: first in, first out, unbounded.
//
// Pointers in chunks, and not a list through the records: to take a share of a long list is one
// cache miss after the other (a sixth of the time of a million goroutines). Not synchronised.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <utility>

#include "base/check.h"

namespace vole::sched {

struct g;

class global_run_queue {
 public:
  void push(g* who) noexcept {
    if (last_ == nullptr || end_ == kChunkItems) append_chunk();
    last_->items[end_++] = who;
    ++size_;
  }

  // Null when empty.
  g* pop() noexcept {
    if (size_ == 0) return nullptr;
    if (begin_ == kChunkItems) drop_first_chunk();
    --size_;
    return first_->items[begin_++];
  }

  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t kChunkItems = 511;  // a page with the link
  struct chunk {
    chunk* next;
    g* items[kChunkItems];
  };

  void append_chunk() noexcept {
    chunk* made = std::exchange(spare_, nullptr);
    // Not operator new: this runs under the scheduler's lock, and the heap profile listens there.
    if (made == nullptr) made = static_cast<chunk*>(std::malloc(sizeof(chunk)));
    VOLE_CHECK(made != nullptr, "out of memory for the queue of runnable goroutines");
    made->next = nullptr;
    (last_ != nullptr ? last_->next : first_) = made;
    last_ = made;
    end_ = 0;
  }

  void drop_first_chunk() noexcept {
    chunk* const empty = first_;
    first_ = empty->next;
    begin_ = 0;
    VOLE_ASSERT(first_ != nullptr);
    if (spare_ == nullptr)
      spare_ = empty;
    else
      std::free(empty);
  }

  chunk* first_ = nullptr;
  chunk* last_ = nullptr;
  chunk* spare_ = nullptr;  // so that a queue that comes and goes does not allocate
  std::size_t begin_ = 0;   // of the first in the first chunk
  std::size_t end_ = 0;     // behind the last in the last chunk
  std::size_t size_ = 0;
};

}  // namespace vole::sched
