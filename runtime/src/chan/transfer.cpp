// SPDX-License-Identifier: Apache-2.0
// How one element gets from sender to receiver: past an empty buffer, through it, or face to face.
#include <vole/detail/unchecked.h>

#include <cstring>

#include "chan/chan_core.h"
#include "chan/timer_feed.h"
#include "event/emit.h"
#include "sched/park.h"

namespace vole::channel {
namespace {

std::size_t following(const chan_core& chan, std::size_t index) {
  return index + 1 == chan.capacity ? 0 : index + 1;
}

void set_count(chan_core& chan, std::size_t count) {
  VOLE_ASSERT(count <= chan.capacity);
  chan.count.store(count, std::memory_order_relaxed);  // relaxed: len() orders nothing
}

std::size_t count_of(const chan_core& chan) {
  return chan.count.load(std::memory_order_relaxed);  // relaxed: written under the lock we hold
}

// A receiver waits: the value goes straight to it.
void hand_over(chan_core& chan, event::goroutine* self, void* kept, waiter& receiver,
               completion& rest) VOLE_REQUIRES(chan.lock) {
  if (chan.capacity == 0) {
    event::emit::chan_exchanged(self, receiver.self, &chan);
  } else {
    VOLE_ASSERT(count_of(chan) == 0);
    const std::size_t index = chan.send_index;
    VOLE_ASSERT(index == chan.receive_index);
    event::emit::chan_sent(self, &chan, index);
    event::emit::chan_received(receiver.self, &chan, index);
    chan.send_index = chan.receive_index = following(chan, index);
  }
  receiver.is_successful = true;
  rest = {chan.ops, receiver.kept, kept, &receiver};
}

// A sender waits. Unbuffered: its value comes straight here. Otherwise the buffer is full: the
// oldest element comes here, and the sender's takes its slot.
void take_over(chan_core& chan, event::goroutine* self, void* slot, waiter& sender,
               completion& rest) VOLE_REQUIRES(chan.lock) {
  sender.is_successful = true;
  if (chan.capacity == 0) {
    event::emit::chan_exchanged(sender.self, self, &chan);
    rest = {chan.ops, slot, sender.kept, &sender};
    return;
  }
  VOLE_ASSERT(count_of(chan) == chan.capacity);
  const std::size_t index = chan.receive_index;
  VOLE_ASSERT(index == chan.send_index);
  void* const oldest = chan.slot(index);
  move_element(*chan.ops, slot, oldest);
  destroy_element(*chan.ops, oldest);
  event::emit::chan_received(self, &chan, index);
  move_element(*chan.ops, oldest, sender.kept);
  event::emit::chan_sent(sender.self, &chan, index);
  chan.send_index = chan.receive_index = following(chan, index);
  rest = {nullptr, nullptr, nullptr, &sender};
}

outcome receive_tick(chan_core& chan, event::goroutine* self,
                     void* slot) VOLE_NO_THREAD_SAFETY_ANALYSIS {  // chan.lock is feed->chan->lock
  return take_tick_locked(*chan.feed, self, slot) ? outcome::done : outcome::would_block;
}

}  // namespace

void move_element(const element_ops& ops, void* to, void* from) noexcept {
  const detail::unchecked guard;
  if (ops.is_trivial)
    std::memcpy(to, from, ops.size);
  else
    ops.move(to, from);
}

void destroy_element(const element_ops& ops, void* at) noexcept {
  if (ops.is_trivial) return;
  const detail::unchecked guard;
  ops.destroy(at);
}

void completion::finish() noexcept {
  if (ops != nullptr) move_element(*ops, to, from);
  if (peer != nullptr) sched::ready(peer->self);
}

outcome send_locked(chan_core& chan, event::goroutine* self, void* kept, completion& rest) {
  if (chan.is_closed) return outcome::closed;
  if (waiter* const receiver = chan.receivers.take()) {
    hand_over(chan, self, kept, *receiver, rest);
    return outcome::done;
  }
  const std::size_t count = count_of(chan);
  if (count == chan.capacity) return outcome::would_block;
  move_element(*chan.ops, chan.slot(chan.send_index), kept);
  event::emit::chan_sent(self, &chan, chan.send_index);
  chan.send_index = following(chan, chan.send_index);
  set_count(chan, count + 1);
  return outcome::done;
}

outcome receive_locked(chan_core& chan, event::goroutine* self, void* slot, completion& rest) {
  if (chan.feed != nullptr) return receive_tick(chan, self, slot);
  if (waiter* const sender = chan.senders.take()) {
    take_over(chan, self, slot, *sender, rest);
    return outcome::done;
  }
  if (const std::size_t count = count_of(chan); count > 0) {
    const std::size_t index = chan.receive_index;
    void* const oldest = chan.slot(index);
    move_element(*chan.ops, slot, oldest);
    destroy_element(*chan.ops, oldest);
    event::emit::chan_received(self, &chan, index);
    chan.receive_index = following(chan, index);
    set_count(chan, count - 1);
    return outcome::done;
  }
  if (!chan.is_closed) return outcome::would_block;
  event::emit::chan_received_closed(self, &chan);
  return outcome::closed;
}

bool close(chan_core& chan, event::goroutine* self) {
  waiter* woken = nullptr;
  {
    const base::spin_guard guard(chan.lock);
    if (chan.is_closed) return false;
    chan.is_closed = true;
    if (self != nullptr) event::emit::chan_closed(self, &chan);
    waiter** tail = &woken;  // first come, first woken
    while (waiter* const receiver = chan.receivers.take()) {
      event::emit::chan_received_closed(receiver->self, &chan);
      *tail = receiver;
      tail = &receiver->next;
    }
    while (waiter* const sender = chan.senders.take()) {
      *tail = sender;
      tail = &sender->next;
    }
    *tail = nullptr;
  }
  while (woken != nullptr) {
    waiter* const next = woken->next;  // the waiter's stack is its own again after ready()
    sched::ready(woken->self);
    woken = next;
  }
  return true;
}

}  // namespace vole::channel
