// SPDX-License-Identifier: Apache-2.0
// The edges of one atomic operation, and fences.
#include "race/atomics/atomic_step.h"

#include <atomic>

#include "event/emit.h"

namespace vole::race {

// Apart from begin(): the goroutine may go on upon another thread.
[[gnu::noinline]] void atomic_step::come_to_point(const void* address) {
  if (!event::is_listened(event::kind::operation_begun) || this_thread.inside != 0) return;
  const context* const self = current_context();
  if (self != nullptr && self->ignore_depth == 0)
    event::emit::operation_begun(event::operation::atomic, address);
}

[[gnu::noinline]] void atomic_step::begin() {
  if (this_thread.inside == 0) self_ = current_context();
  ++this_thread.inside;
  is_recorded_ = self_ != nullptr && self_->ignore_depth == 0;
  new (line_) sync_line(address_);
}

atomic_step::~atomic_step() {
  line().~sync_line();
  if (found_.is_found) report_kept(*self_, found_);
  --this_thread.inside;
}

void atomic_step::draw_edges(effect what, int order) {
  if (self_ == nullptr) return;
  const bool knows_all = what == effect::store || take(acquires(order));
  const access_kind kind =
      what == effect::load ? access_kind::atomic_read : access_kind::atomic_write;
  if (is_recorded_ && !is_on_record(*self_, address_, size_, kind)) {
    const stack_id stack = add_locks(
        *self_, record_stack(site_, self_->stack_low, self_->stack_high, this_thread.walks));
    check_keeping(*self_, address_, size_, kind, stack, found_);
  }
  if (what != effect::load) publish(what, releases(order));
  const bool is_release = what != effect::load && (releases(order) || self_->has_fence);
  const bool is_known = is_recorded_ && knows_all && !is_release && what != effect::store;
  if (!is_known || size_ % kGranuleBytes != 0) return;
  if (self_->atomic_ids == 0) self_->atomic_ids = begin_unit(self_->now, this_thread.supply);
  if (self_->atomic_ids != 0)
    set_plane(self_->atomic_ids + (what == effect::load ? kAsRead : kAsWrite));
}

void atomic_step::announce(int order) {
  if (releases(order) || (self_ != nullptr && self_->has_fence)) set_plane(kExact);
}

// Where the granules' records are exact: only those have a word for atomics.
void atomic_step::set_plane(plane_word word) {
  if (!has_planes(address_, size_)) return;
  const std::uintptr_t end = address_ + size_;
  for (std::uintptr_t at = address_ & ~(kGranuleBytes - 1); at < end; at += kGranuleBytes) {
    // relaxed: only a word of somebody's, which is put there under the line of the atomic, counts
    const bool is_so = read_words(at)->load(std::memory_order_relaxed) == word;
    if (is_so) continue;
    open_line line(at & ~(kLineBytes - 1));
    if (line.written(granule_in_line(at)) == kExact) line.set_read(granule_in_line(at), word);
  }
}

bool atomic_step::take(bool is_acquire) {
  bool knows_all = true;
  line().for_each_overlapping(address_, size_, [&](sync_object& object, bool) {
    const released_clock& seen = object.clock;
    if (is_acquire) {
      acquire(*self_, seen);
    } else if (!seen.is_empty()) {
      if (!seen.moment.is_none()) {
        if (self_->knows(seen.moment)) return;
        self_->fence_pending.raise(seen.moment);
      }
      self_->fence_pending.join(seen.known);
      knows_all = false;
    }
  });
  return knows_all;
}

void atomic_step::publish(effect what, bool is_release) {
  const bool has_news = is_release || self_->has_fence;
  released_clock news;
  if (is_release) {
    const sync_scope scope(self_, sync_op::atomic_release, reinterpret_cast<void*>(address_),
                           site_);
    news = release(*self_);
  } else if (self_->has_fence) {
    news = self_->fence_release;
  }
  bool is_exact_there = false;
  line().for_each_overlapping(address_, size_, [&](sync_object& object, bool is_whole) {
    is_exact_there |= object.key.address == address_ && object.key.index == size_;
    if (what == effect::store && is_whole) {
      object.clock = news;  // empty: the release sequence ends here
    } else if (has_news) {
      merge(object.clock, news);
    }
  });
  if (has_news && !is_exact_there) line().object(address_, size_).clock = news;
}

void atomic_fence(int order) {
  std::atomic_thread_fence(std::memory_order_seq_cst);  // seq_cst: the strongest that was asked for
  if (this_thread.inside != 0) return;
  context* self = current_context();
  if (self == nullptr) return;
  inside_guard guard;
  if (acquires(order) && !self->fence_pending.is_empty()) {
    if (self->known.join(self->fence_pending)) self->is_dirty = true;
    self->fence_pending.clear();
  }
  if (releases(order)) {
    const sync_scope scope(self, sync_op::fence, nullptr, {});
    self->fence_release = release(*self);
    self->has_fence = true;
  }
}

}  // namespace vole::race
