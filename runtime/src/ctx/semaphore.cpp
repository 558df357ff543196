// SPDX-License-Identifier: Apache-2.0
// vole::weighted_semaphore: who asks for how much, in the order of asking.
//
// A request lies on the stack of the goroutine that waits. It is granted under the guard, by
// closing its channel; the close is not announced, since who grants need not be who released.
#include <vole/context.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/sync.h>

#include "base/spin_lock.h"
#include "chan/chan_core.h"
#include "event/emit.h"
#include "sched/park.h"

namespace vole {
namespace {

base::spin_lock& as_lock(detail::guard_field& field) {
  static_assert(sizeof(detail::guard_field) == sizeof(base::spin_lock));
  return reinterpret_cast<base::spin_lock&>(field);
}

}  // namespace

struct weighted_semaphore::request {
  std::int64_t n = 0;
  request* next = nullptr;
  request* previous = nullptr;
  bool is_granted = false;  // and out of the queue
  chan<unit> granted = make_chan<unit>();
};

weighted_semaphore::~weighted_semaphore() { event::emit::object_destroyed(this, sizeof *this); }

void weighted_semaphore::remove_locked(request& one) {
  (one.previous != nullptr ? one.previous->next : first_) = one.next;
  (one.next != nullptr ? one.next->previous : last_) = one.previous;
}

// Grants from the front as long as there is room: a large request is not overtaken.
void weighted_semaphore::grant_locked() {
  while (first_ != nullptr && size_ - held_ >= first_->n) {
    request& one = *first_;
    remove_locked(one);
    held_ += one.n;
    one.is_granted = true;
    const chan<unit> granted = one.granted;  // the request may go as soon as it is closed
    channel::close(*detail::chan_access::handle(granted).get(), nullptr);
  }
}

bool weighted_semaphore::try_acquire(std::int64_t n) {
  event::emit::operation_begun(event::operation::semaphore, this);
  sched::current();
  {
    const base::spin_guard guard(as_lock(guard_));
    if (size_ - held_ < n || first_ != nullptr) return false;
    held_ += n;
  }
  event::emit::semaphore_acquired(this);
  return true;
}

std::error_code weighted_semaphore::acquire(const context& ctx, std::int64_t n) {
  if (const std::error_code ended = ctx.err()) return ended;
  if (try_acquire(n)) return {};
  if (n > size_) {  // never; Go waits for the context, too
    ctx.done().recv();
    return ctx.err();
  }
  request me;
  me.n = n;
  {
    const base::spin_guard guard(as_lock(guard_));
    me.previous = last_;
    (last_ != nullptr ? last_->next : first_) = &me;
    last_ = &me;
    grant_locked();  // there may have been a release since the try
  }
  select(on_recv(me.granted), on_recv(ctx.done()));
  const std::error_code ended = ctx.err();
  if (!ended) {
    event::emit::semaphore_acquired(this);
    return {};
  }
  const base::spin_guard guard(as_lock(guard_));
  if (me.is_granted)
    held_ -= n;  // as if it had not been
  else
    remove_locked(me);
  grant_locked();
  return ended;
}

void weighted_semaphore::release(std::int64_t n) {
  event::emit::operation_begun(event::operation::semaphore, this);
  sched::current();
  const base::spin_guard guard(as_lock(guard_));
  if (n > held_) throw panic("semaphore: released more than held");
  event::emit::semaphore_released(this);
  held_ -= n;
  grant_locked();
}

}  // namespace vole
