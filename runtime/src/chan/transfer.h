// SPDX-License-Identifier: Apache-2.0
// How one element gets from sender to receiver: past an empty buffer, through it, or face to face.
// Inline, since these steps are most of what an operation does.
//
// `self` is who announces: the calling goroutine, or null when nobody listens.
#pragma once

#include <vole/detail/unchecked.h>

#include <cstring>

#include "base/check.h"
#include "chan/chan_core.h"
#include "chan/timer_feed.h"
#include "event/emit.h"
#include "sched/park.h"

namespace vole::channel {

// The announcements between an operation's beginning and its end; and with the beginning.
inline constexpr std::uint64_t kAnnounced =
    event::bits_of(event::kind::chan_sent, event::kind::chan_received, event::kind::chan_exchanged,
                   event::kind::chan_closed, event::kind::chan_received_closed,
                   event::kind::chan_touched, event::kind::timer_fired);
inline constexpr std::uint64_t kCared = kAnnounced | event::bits_of(event::kind::operation_begun);

// The one look at the listeners that an operation makes. Null: nobody listens, and nothing of the
// operation is announced (nor is a thread adopted that does not wait).
inline event::goroutine* announcer() {
  return __builtin_expect(event::is_any_listened(kAnnounced), 0) ? sched::current() : nullptr;
}

// Whether an operation must see to more than the channel: to a listener, or a synctest bubble.
inline bool wants_care(const chan_core& chan) {
  return chan.bubble_id != 0 || event::is_any_listened(kCared);
}

// The same, and the announcement that the operation begins: before anything else is done.
[[gnu::cold]] event::goroutine* begin_announced(event::operation what, const void* object);
inline event::goroutine* begin(event::operation what, const void* object) {
  return __builtin_expect(event::is_any_listened(kCared), 0) ? begin_announced(what, object)
                                                             : nullptr;
}

// Moves and destroys elements where the race detector doesn't look.
inline void move_element(const element_ops& ops, void* to, void* from) noexcept {
  const detail::unchecked guard;
  if (!ops.is_trivial)
    ops.move(to, from);
  else if (ops.size == 8)  // a call of memcpy for the rest
    std::memcpy(to, from, 8);
  else if (ops.size == 4)
    std::memcpy(to, from, 4);
  else if (ops.size == 1)
    std::memcpy(to, from, 1);
  else if (ops.size == 16)
    std::memcpy(to, from, 16);
  else
    std::memcpy(to, from, ops.size);
}
inline void destroy_element(const element_ops& ops, void* at) noexcept {
  if (ops.is_trivial) return;
  const detail::unchecked guard;
  ops.destroy(at);
}

// What is left to do once the lock is dropped.
struct completion {
  const element_ops* ops = nullptr;  // null: nothing to move
  void* to = nullptr;
  void* from = nullptr;
  waiter* peer = nullptr;  // to be readied

  [[gnu::always_inline]] void finish() const noexcept {
    if (peer == nullptr) return;  // then there is nothing to move either
    if (ops != nullptr) move_element(*ops, to, from);
    sched::ready(peer->self);
  }
};

enum class outcome : std::uint8_t { done, would_block, closed };

inline std::size_t following(const chan_core& chan, std::size_t index) {
  return index + 1 == chan.capacity ? 0 : index + 1;
}

inline std::size_t count_of(const chan_core& chan) {
  return chan.count.load(std::memory_order_relaxed);  // relaxed: written under the lock we hold
}

inline void set_count(chan_core& chan, std::size_t count) {
  VOLE_ASSERT(count <= chan.capacity);
  // release: elements are published by the lock; but who looks at several channels without it and
  // sees this sees also what was done to the others before
  chan.count.store(count, std::memory_order_release);
}

// A receiver waits: the value goes straight to it.
inline void hand_over(chan_core& chan, event::goroutine* self, void* kept, waiter& receiver,
                      completion& rest) VOLE_REQUIRES(chan.lock) {
  if (chan.capacity == 0) {
    if (self != nullptr) event::emit::chan_exchanged(self, receiver.self, &chan);
  } else {
    VOLE_ASSERT(count_of(chan) == 0);
    const std::size_t index = chan.send_index;
    VOLE_ASSERT(index == chan.receive_index);
    if (self != nullptr) {
      event::emit::chan_sent(self, &chan, index);
      event::emit::chan_received(receiver.self, &chan, index);
    }
    chan.send_index = chan.receive_index = following(chan, index);
  }
  receiver.is_successful = true;
  rest = {chan.ops, receiver.kept, kept, &receiver};
}

// A sender waits. Unbuffered: its value comes straight here. Otherwise the buffer is full: the
// oldest element comes here, and the sender's takes its slot.
inline void take_over(chan_core& chan, event::goroutine* self, void* slot, waiter& sender,
                      completion& rest) VOLE_REQUIRES(chan.lock) {
  sender.is_successful = true;
  if (chan.capacity == 0) {
    if (self != nullptr) event::emit::chan_exchanged(sender.self, self, &chan);
    rest = {chan.ops, slot, sender.kept, &sender};
    return;
  }
  VOLE_ASSERT(count_of(chan) == chan.capacity);
  const std::size_t index = chan.receive_index;
  VOLE_ASSERT(index == chan.send_index);
  void* const oldest = chan.slot(index);
  move_element(*chan.ops, slot, oldest);
  destroy_element(*chan.ops, oldest);
  if (self != nullptr) event::emit::chan_received(self, &chan, index);
  move_element(*chan.ops, oldest, sender.kept);
  if (self != nullptr) event::emit::chan_sent(sender.self, &chan, index);
  chan.send_index = chan.receive_index = following(chan, index);
  rest = {nullptr, nullptr, nullptr, &sender};
}

// The commonest operations, where nobody listens: there is room in the buffer, or an element, and
// nobody waits. False: nothing was done.
[[gnu::always_inline]] inline bool put_locked(chan_core& chan, void* kept)
    VOLE_REQUIRES(chan.lock) {
  const std::size_t count = count_of(chan);
  // relaxed: lock held
  if (count == chan.capacity || !chan.receivers.is_empty() ||
      chan.is_closed.load(std::memory_order_relaxed))
    return false;
  const std::size_t index = chan.send_index;
  move_element(*chan.ops, chan.slot(index), kept);
  chan.send_index = following(chan, index);
  set_count(chan, count + 1);
  return true;
}
[[gnu::always_inline]] inline bool get_locked(chan_core& chan, void* slot)
    VOLE_REQUIRES(chan.lock) {
  const std::size_t count = count_of(chan);
  if (count == 0 || !chan.senders.is_empty()) return false;
  const std::size_t index = chan.receive_index;
  void* const oldest = chan.slot(index);
  move_element(*chan.ops, slot, oldest);
  destroy_element(*chan.ops, oldest);
  chan.receive_index = following(chan, index);
  set_count(chan, count - 1);
  return true;
}

// Sends the element at `kept` for `self`, if that goes without waiting. closed: it has to throw.
[[gnu::always_inline]] inline outcome send_locked(chan_core& chan, event::goroutine* self,
                                                  void* kept, completion& rest)
    VOLE_REQUIRES(chan.lock) {
  if (chan.is_closed.load(std::memory_order_relaxed)) return outcome::closed;  // relaxed: lock held
  if (waiter* const receiver = chan.receivers.take()) {
    hand_over(chan, self, kept, *receiver, rest);
    return outcome::done;
  }
  const std::size_t count = count_of(chan);
  if (count == chan.capacity) return outcome::would_block;
  move_element(*chan.ops, chan.slot(chan.send_index), kept);
  if (self != nullptr) event::emit::chan_sent(self, &chan, chan.send_index);
  chan.send_index = following(chan, chan.send_index);
  set_count(chan, count + 1);
  return outcome::done;
}

// Takes the tick that is due, if any, for `self`.
outcome receive_tick_locked(chan_core& chan, event::goroutine* self, void* slot)
    VOLE_REQUIRES(chan.lock);

// Receives into `slot` for `self`. closed: closed and drained.
[[gnu::always_inline]] inline outcome receive_locked(chan_core& chan, event::goroutine* self,
                                                     void* slot, completion& rest)
    VOLE_REQUIRES(chan.lock) {
  if (chan.feed != nullptr) return receive_tick_locked(chan, self, slot);
  if (waiter* const sender = chan.senders.take()) {
    take_over(chan, self, slot, *sender, rest);
    return outcome::done;
  }
  if (const std::size_t count = count_of(chan); count > 0) {
    const std::size_t index = chan.receive_index;
    void* const oldest = chan.slot(index);
    move_element(*chan.ops, slot, oldest);
    destroy_element(*chan.ops, oldest);
    if (self != nullptr) event::emit::chan_received(self, &chan, index);
    chan.receive_index = following(chan, index);
    set_count(chan, count - 1);
    return outcome::done;
  }
  if (!chan.is_closed.load(std::memory_order_relaxed)) return outcome::would_block;  // lock held
  if (self != nullptr) event::emit::chan_received_closed(self, &chan);
  return outcome::closed;
}

}  // namespace vole::channel
