// SPDX-License-Identifier: Apache-2.0
// A channel's life, and its plain operations.
#include "chan/chan_core.h"

#include <vole/panic.h>

#include <cstdint>
#include <new>

#include "base/check.h"
#include "chan/timer_feed.h"
#include "chan/transfer.h"
#include "event/emit.h"
#include "sched/exit.h"
#include "sched/park.h"

namespace vole::channel {

void check_caller(const chan_core& chan, const char* misuse) {
  if (sched::current()->bubble_id != chan.bubble_id) sched::fatal(misuse);
}

void throw_send_on_closed(const chan_core* chan) {
  event::emit::misused(event::misuse::send_on_closed_channel, chan, nullptr);
  throw send_on_closed_channel();
}

}  // namespace vole::channel

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

// Behind calls, so that operations that need not wait stay short. The lock is held, and let go. A
// thread that waits for the first time is adopted first, which is not done with a lock held.
enum class wait_result : std::uint8_t { successful, closed, look_again };

[[gnu::noinline]] wait_result wait_locked(chan_core& chan, void* kept,
                                          wait_reason reason) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  waiter me;
  me.self = event::current();
  if (me.self == nullptr) {
    chan.lock.unlock();
    sched::current();
    return wait_result::look_again;
  }
  me.kept = kept;
  if (reason == wait_reason::chan_send) {
    chan.senders.push(me);
  } else {
    chan.receivers.push(me);
    if (chan.feed != nullptr) channel::arm_locked(*chan.feed);
  }
  if (chan.bubble_id != 0) [[unlikely]]
    reason = event::in_bubble(reason);
  sched::park(
      reason, &chan,
      [](event::goroutine*, void* waited_in) VOLE_NO_THREAD_SAFETY_ANALYSIS {
        static_cast<chan_core*>(waited_in)->lock.unlock();
        return true;
      },
      &chan);
  return me.is_successful ? wait_result::successful : wait_result::closed;
}

// The rest of a send, from when the lock is held.
[[gnu::noinline]] void send_locked(chan_core& chan, event::goroutine* self,
                                   void* kept) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  completion rest;
  outcome result;
  while ((result = channel::send_locked(chan, self, kept, rest)) == outcome::would_block) {
    const wait_result waited = wait_locked(chan, kept, wait_reason::chan_send);
    if (waited == wait_result::successful) return;
    if (waited == wait_result::closed) channel::throw_send_on_closed(&chan);
    chan.lock.lock();
  }
  chan.lock.unlock();
  if (result == outcome::closed) channel::throw_send_on_closed(&chan);
  rest.finish();
}

[[gnu::noinline]] void send_with_care(chan_core* chan, void* kept) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  if (chan == nullptr) wait_for_ever(wait_reason::chan_send_nil);
  channel::check_bubble(*chan, channel::kStrangeSend);
  event::goroutine* const self = channel::begin(event::operation::chan_send, chan);
  if (self != nullptr) event::emit::chan_touched(chan, false);
  chan->lock.lock();
  send_locked(*chan, self, kept);
}

// Likewise of a receive.
[[gnu::noinline]] bool receive_locked(chan_core& chan, event::goroutine* self,
                                      void* slot) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  completion rest;
  outcome result;
  while ((result = channel::receive_locked(chan, self, slot, rest)) == outcome::would_block) {
    const wait_result waited = wait_locked(chan, slot, wait_reason::chan_receive);
    if (waited != wait_result::look_again) return waited == wait_result::successful;
    chan.lock.lock();
  }
  chan.lock.unlock();
  rest.finish();
  return result == outcome::done;
}

[[gnu::noinline]] bool receive_with_care(chan_core* chan,
                                         void* slot) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  if (chan == nullptr) wait_for_ever(wait_reason::chan_receive_nil);
  channel::check_bubble(*chan, channel::kStrangeReceive);
  event::goroutine* const self = channel::begin(event::operation::chan_receive, chan);
  if (self == nullptr && channel::is_surely_drained(*chan)) return false;
  chan->lock.lock();
  return receive_locked(*chan, self, slot);
}

[[gnu::noinline]] chan_status try_receive_properly(chan_core& chan, void* slot) {
  event::goroutine* const self = channel::announcer();
  if (self == nullptr && channel::is_surely_drained(chan)) return chan_status::closed;
  completion rest;
  outcome result;
  {
    const base::biased_guard guard(chan.lock);
    result = channel::receive_locked(chan, self, slot, rest);
  }
  rest.finish();
  if (result == outcome::closed) return chan_status::closed;
  return result == outcome::done ? chan_status::ok : chan_status::would_block;
}

[[gnu::noinline]] chan_status try_receive_with_care(chan_core* chan, void* slot) {
  if (chan == nullptr) return chan_status::would_block;
  event::emit::operation_begun(event::operation::chan_receive, chan);
  channel::check_bubble(*chan, channel::kStrangeReceive);
  if (channel::has_surely_nothing(*chan)) return chan_status::would_block;
  return try_receive_properly(*chan, slot);
}

}  // namespace

chan_core* chan_make(const element_ops& ops, std::size_t capacity) {
  if (capacity > kBufferBytesMax / ops.size) throw panic("makechan: size out of range");
  auto* const chan = new chan_core;
  chan->ops = &ops;
  chan->capacity = capacity;
  if (const event::goroutine* const maker = event::current()) chan->bubble_id = maker->bubble_id;
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
  // acquire: the only one left needs no locked instruction. acq_rel: what each holder did happens
  // before the destruction by the last
  if (chan->references.load(std::memory_order_acquire) != 1 &&
      chan->references.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  if (!chan->receivers.is_empty() || !chan->senders.is_empty()) {
    VOLE_CHECK(sched::is_process_over(),
               "a channel's last handle goes while goroutines wait on it");
    return;  // a static handle; those who wait have been stopped for ever
  }
  if (chan->feed != nullptr) channel::destroy_feed(chan->feed);
  destroy_buffered(*chan);
  event::emit::chan_destroyed(chan, chan->capacity);
  ::operator delete(chan->slots);
  delete chan;
}

void chan_send(chan_core* chan, void* kept) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  if (chan == nullptr || channel::wants_care(*chan)) [[unlikely]]
    return send_with_care(chan, kept);
  chan->lock.lock();
  if (!channel::put_locked(*chan, kept)) return send_locked(*chan, nullptr, kept);
  chan->lock.unlock();
}

chan_status chan_try_send(chan_core* chan, void* kept) {
  if (chan == nullptr) return chan_status::would_block;
  channel::check_bubble(*chan, channel::kStrangeSend);
  event::goroutine* const self = channel::begin(event::operation::chan_send, chan);
  if (self != nullptr)
    event::emit::chan_touched(chan, false);
  else if (channel::has_surely_no_room(*chan))
    return chan_status::would_block;
  completion rest;
  outcome result;
  {
    const base::biased_guard guard(chan->lock);
    result = channel::send_locked(*chan, self, kept, rest);
  }
  if (result == outcome::closed) channel::throw_send_on_closed(chan);
  rest.finish();
  return result == outcome::done ? chan_status::ok : chan_status::would_block;
}

bool chan_may_send(chan_core* chan) {
  if (chan == nullptr || channel::has_surely_no_room(*chan)) return false;
  const base::biased_guard guard(chan->lock);
  return chan->is_closed.load(std::memory_order_relaxed) || !chan->receivers.is_empty() ||
         channel::count_of(*chan) < chan->capacity;  // relaxed: lock held
}

bool chan_recv(chan_core* chan, void* slot) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  if (chan == nullptr || channel::wants_care(*chan)) [[unlikely]]
    return receive_with_care(chan, slot);
  if (channel::is_surely_drained(*chan)) return false;
  chan->lock.lock();
  if (!channel::get_locked(*chan, slot)) return receive_locked(*chan, nullptr, slot);
  chan->lock.unlock();
  return true;
}

chan_status chan_try_recv(chan_core* chan, void* slot) {
  if (chan == nullptr || channel::wants_care(*chan)) [[unlikely]]
    return try_receive_with_care(chan, slot);
  if (channel::has_surely_nothing(*chan)) return chan_status::would_block;
  return try_receive_properly(*chan, slot);
}

void chan_close(chan_core* chan) {
  if (chan == nullptr) {
    event::emit::misused(event::misuse::close_of_nil_channel, nullptr, nullptr);
    throw close_of_nil_channel();
  }
  channel::check_bubble(*chan, channel::kStrangeClose);
  event::goroutine* const self = channel::begin(event::operation::chan_close, chan);
  if (self != nullptr) event::emit::chan_touched(chan, true);
  if (!channel::close(*chan, self)) {
    event::emit::misused(event::misuse::close_of_closed_channel, chan, nullptr);
    throw close_of_closed_channel();
  }
}

std::size_t chan_len(const chan_core* chan) noexcept {
  event::emit::operation_begun(event::operation::chan_look, chan);
  return chan == nullptr ? 0 : chan->count.load(std::memory_order_relaxed);  // relaxed: no edge
}

std::size_t chan_cap(const chan_core* chan) noexcept {
  return chan == nullptr ? 0 : chan->capacity;
}

}  // namespace vole::detail
