// SPDX-License-Identifier: Apache-2.0
// A channel's life, and its plain operations.
#include "chan/chan_core.h"

#include <vole/panic.h>

#include <cstdint>
#include <new>

#include "base/check.h"
#include "chan/timer_feed.h"
#include "event/emit.h"
#include "sched/park.h"

namespace vole::detail {
namespace {

using channel::completion;
using channel::outcome;
using channel::waiter;
using event::wait_reason;

constexpr std::size_t kBufferBytesMax = std::size_t{1} << 46;  // half of what x86-64 can address

// Nobody can ever come.
[[noreturn]] void wait_for_ever(wait_reason reason) {
  for (;;) sched::park(reason, nullptr, nullptr, nullptr);
}

// The elements that nobody received. Their senders are ordered before us by the handles' count; the
// announcement says so for each.
void destroy_buffered(chan_core& chan) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  std::size_t count = chan.count.load(std::memory_order_relaxed);  // relaxed: nobody else is left
  event::goroutine* const self = event::current();
  for (; count > 0; --count) {
    void* const oldest = chan.slot(chan.receive_index);
    if (self != nullptr) {
      event::emit::chan_received(self, &chan, chan.receive_index);
      if (!chan.ops->is_trivial) chan.ops->destroy(oldest);
    } else {
      channel::destroy_element(*chan.ops, oldest);
    }
    chan.receive_index = chan.receive_index + 1 == chan.capacity ? 0 : chan.receive_index + 1;
  }
}

}  // namespace

chan_core* chan_make(const element_ops& ops, std::size_t capacity) {
  if (capacity > kBufferBytesMax / ops.size) throw panic("makechan: size out of range");
  auto* const chan = new chan_core;
  chan->ops = &ops;
  chan->capacity = capacity;
  if (capacity > 0) {
    chan->slots = static_cast<std::byte*>(::operator new(capacity * ops.size, std::nothrow));
    if (chan->slots == nullptr) {
      delete chan;
      throw std::bad_alloc();
    }
  }
  return chan;
}

void chan_retain(chan_core* chan) noexcept {
  // relaxed: who copies a handle has one
  if (chan != nullptr) chan->references.fetch_add(1, std::memory_order_relaxed);
}

void chan_release(chan_core* chan) noexcept VOLE_NO_THREAD_SAFETY_ANALYSIS {
  // acq_rel: what each holder did happens before the destruction by the last
  if (chan->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  VOLE_CHECK(chan->receivers.is_empty() && chan->senders.is_empty(),
             "a channel's last handle goes while goroutines wait on it");
  if (chan->feed != nullptr) channel::destroy_feed(chan->feed);
  destroy_buffered(*chan);
  event::emit::chan_destroyed(chan, chan->capacity);
  ::operator delete(chan->slots);
  delete chan;
}

void chan_send(chan_core* chan, void* kept) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  if (chan == nullptr) wait_for_ever(wait_reason::chan_send_nil);
  event::goroutine* const self = sched::current();
  event::emit::chan_touched(chan, false);
  completion rest;
  chan->lock.lock();
  const outcome result = channel::send_locked(*chan, self, kept, rest);
  if (result == outcome::would_block) {
    waiter me;
    me.self = self;
    me.kept = kept;
    chan->senders.push(me);
    sched::park_and_unlock(wait_reason::chan_send, chan, chan->lock);
    if (!me.is_successful) throw send_on_closed_channel();
    return;
  }
  chan->lock.unlock();
  if (result == outcome::closed) throw send_on_closed_channel();
  rest.finish();
}

chan_status chan_try_send(chan_core* chan, void* kept) {
  if (chan == nullptr) return chan_status::would_block;
  event::goroutine* const self = sched::current();
  event::emit::chan_touched(chan, false);
  completion rest;
  outcome result;
  {
    const base::spin_guard guard(chan->lock);
    result = channel::send_locked(*chan, self, kept, rest);
  }
  if (result == outcome::closed) throw send_on_closed_channel();
  rest.finish();
  return result == outcome::done ? chan_status::ok : chan_status::would_block;
}

bool chan_may_send(chan_core* chan) {
  if (chan == nullptr) return false;
  const base::spin_guard guard(chan->lock);
  return chan->is_closed || !chan->receivers.is_empty() ||
         chan->count.load(std::memory_order_relaxed) < chan->capacity;  // relaxed: lock held
}

bool chan_recv(chan_core* chan, void* slot) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  if (chan == nullptr) wait_for_ever(wait_reason::chan_receive_nil);
  event::goroutine* const self = sched::current();
  completion rest;
  chan->lock.lock();
  const outcome result = channel::receive_locked(*chan, self, slot, rest);
  if (result == outcome::would_block) {
    waiter me;
    me.self = self;
    me.kept = slot;
    chan->receivers.push(me);
    if (chan->feed != nullptr) channel::arm_locked(*chan->feed);
    sched::park_and_unlock(wait_reason::chan_receive, chan, chan->lock);
    return me.is_successful;
  }
  chan->lock.unlock();
  rest.finish();
  return result == outcome::done;
}

chan_status chan_try_recv(chan_core* chan, void* slot) {
  if (chan == nullptr) return chan_status::would_block;
  event::goroutine* const self = sched::current();
  completion rest;
  outcome result;
  {
    const base::spin_guard guard(chan->lock);
    result = channel::receive_locked(*chan, self, slot, rest);
  }
  rest.finish();
  if (result == outcome::closed) return chan_status::closed;
  return result == outcome::done ? chan_status::ok : chan_status::would_block;
}

void chan_close(chan_core* chan) {
  if (chan == nullptr) throw close_of_nil_channel();
  event::goroutine* const self = sched::current();
  event::emit::chan_touched(chan, true);
  if (!channel::close(*chan, self)) throw close_of_closed_channel();
}

std::size_t chan_len(const chan_core* chan) noexcept {
  return chan == nullptr ? 0 : chan->count.load(std::memory_order_relaxed);  // relaxed: no edge
}

std::size_t chan_cap(const chan_core* chan) noexcept {
  return chan == nullptr ? 0 : chan->capacity;
}

}  // namespace vole::detail
