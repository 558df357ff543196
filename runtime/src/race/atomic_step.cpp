// SPDX-License-Identifier: Apache-2.0
// The edges of one atomic operation, and fences.
#include "race/atomic_step.h"

#include <atomic>

#include "event/emit.h"

namespace vole::race {
namespace {

constexpr bool acquires(int order) {
  return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME || order == __ATOMIC_ACQ_REL ||
         order == __ATOMIC_SEQ_CST;
}
constexpr bool releases(int order) {
  return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

}  // namespace

// Apart from begin(): the goroutine may go on upon another thread.
[[gnu::noinline]] void atomic_step::come_to_point(const void* address) {
  if (!event::is_listened(event::kind::operation_begun) || this_thread.inside != 0) return;
  const context* const self = current_context();
  if (self != nullptr && self->ignore_depth == 0)
    event::emit::operation_begun(event::operation::atomic, address);
}

[[gnu::noinline]] void atomic_step::begin(call_site site) {
  if (this_thread.inside == 0) self_ = current_context();
  ++this_thread.inside;
  if (self_ != nullptr && self_->ignore_depth == 0) {
    stack_ = add_locks(*self_,
                       record_stack(site, self_->stack_low, self_->stack_high, this_thread.walks));
    is_recorded_ = true;
  }
  new (line_) sync_line(address_);
}

atomic_step::~atomic_step() {
  line().~sync_line();
  if (found_.is_found) report_kept(*self_, found_);
  --this_thread.inside;
}

void atomic_step::draw_edges(effect what, int order) {
  if (self_ == nullptr) return;
  if (what != effect::store) take(acquires(order));
  if (is_recorded_) {
    check_keeping(*self_, address_, size_,
                  what == effect::load ? access_kind::atomic_read : access_kind::atomic_write,
                  stack_, found_);
  }
  if (what != effect::load) publish(what, releases(order));
}

void atomic_step::take(bool is_acquire) {
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
    }
  });
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
