// SPDX-License-Identifier: Apache-2.0
// The channel's state, and the looks at it that need no lock.
//
// An operation is: announce what it touches; take the lock; send_locked() or receive_locked(), see
// transfer.h; drop the lock; completion::finish(). Moving an element to or from a parked peer is
// done after the lock is dropped: the peer can't go on before ready(), and the waiter is in no
// queue any more.
//
// Invariants (under the lock)
//   count > 0         =>  no receiver waits
//   count < capacity  =>  no sender waits           (so: at most one queue has anybody, but for a
//                                                    select that sends and receives here)
//   send_index == (receive_index + count) mod capacity
//   closed            =>  nobody waits
// Selects that were claimed elsewhere don't count as waiting.
//
// Looking without the lock. An operation that must not wait may find without the lock that nothing
// can be done. Its answer has to be true at some moment between its call and its return:
//   1. the lock is free, or else take it and look properly
//   2. nothing to receive (no room): count, or, unbuffered, the queue of the peers; one load
//   3. not closed
// 3 after 2: a channel is never opened again, so it was not closed at 2 either, and the answer was
// true at 2. The order of the two loads is kept by an acquire at 2.
// 1 is for those who order two operations by no more than their order in time: "I store a flag and
// then find the channel full; you receive, and then load the flag: you must see it" (and the same
// with a second channel in place of the flag). What a receive writes may leave the writer's store
// buffer only after its next load; but its lock() is seq_cst and is seen at once. So if the load
// came before the store of the flag in the order of seq_cst accesses, then so did lock(), and 1
// finds the lock held or everything written (base/thread/biased_lock.h, also for a lock that has an
// owner). tests/chan/litmus_test.cpp runs both. An answer from here makes no happens-before edge,
// as one from under the lock makes none in the Go memory model; a receive that finds the channel
// closed does: is_closed is released and acquired. A select of several cases with a default looks
// like this at each, but two looks are not one moment: a token that is always in one of two
// channels could be missed in both. So
//   0. before 1: which turn of the lock it is
//   4. when all have been looked at: each lock but the last one's is in the same turn. Nobody has
//   written to these channels since their 2, so that nothing could be done there at the last 2, nor
//   in the last channel.
// A count (the queues' heads likewise) is released and acquired for that: who sees what was done to
// one channel sees the turns that came before it in the others. Equal counts instead of turns would
// not do: the token may have gone and come back. tests/chan/look_model_test.cpp has all of it.
#pragma once

#include <vole/detail/chan_core.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/thread/biased_lock.h"
#include "chan/wait_queue.h"

namespace vole::channel {
struct timer_feed;
}

namespace vole::detail {

struct chan_core {
  // What operations write.
  base::biased_lock lock{base::lock_rank::chan};
  std::atomic<std::size_t> count{0};  // written under the lock
  // The slots that the next send and receive use. Also counted for a value that is handed past an
  // empty buffer: the announcements name the slot that it would have used.
  std::size_t send_index VOLE_GUARDED_BY(lock) = 0;
  std::size_t receive_index VOLE_GUARDED_BY(lock) = 0;
  channel::wait_queue receivers;  // changed under the lock
  channel::wait_queue senders;    // likewise

  // What they only read.
  std::size_t capacity = 0;
  const element_ops* ops = nullptr;
  channel::timer_feed* feed = nullptr;  // a timer's channel: fed by the clock, never sent to
  std::byte* slots = nullptr;
  std::atomic<bool> is_closed{false};  // written once, under the lock
  std::uint32_t bubble_id = 0;         // the synctest bubble that it was made in; 0: none

  std::atomic<std::uint32_t> references{1};

  void* slot(std::size_t index) const noexcept { return slots + index * ops->size; }
};
static_assert(offsetof(chan_core, capacity) == 88);  // a line and a half

}  // namespace vole::detail

namespace vole::channel {

using detail::chan_core;
using detail::element_ops;

// Each operation: only the goroutines of its bubble may use the channel; others die with `misuse`.
void check_caller(const chan_core& chan, const char* misuse);
inline void check_bubble(const chan_core& chan, const char* misuse) {
  if (chan.bubble_id != 0) [[unlikely]]
    check_caller(chan, misuse);
}
// Announces the misuse and throws vole::send_on_closed_channel. No lock may be held.
[[noreturn]] void throw_send_on_closed(const chan_core* chan);
inline constexpr const char* kStrangeSend = "send on synctest channel from outside bubble";
inline constexpr const char* kStrangeReceive = "receive on synctest channel from outside bubble";
inline constexpr const char* kStrangeClose = "close of synctest channel from outside bubble";
inline constexpr const char* kStrangeSelect = "select on synctest channel from outside bubble";

// See "Looking without the lock". False: take the lock and see.
inline bool has_surely_nothing(const chan_core& chan) noexcept {
  if (chan.feed != nullptr || !chan.lock.seems_free()) return false;  // 1
  const bool is_empty = chan.capacity == 0 ? chan.senders.is_empty()
                                           // acquire: 2 before 3
                                           : chan.count.load(std::memory_order_acquire) == 0;
  return is_empty && !chan.is_closed.load(std::memory_order_relaxed);  // relaxed: no edge from "no"
}
inline bool has_surely_no_room(const chan_core& chan) noexcept {
  if (!chan.lock.seems_free()) return false;  // 1
  const bool is_full = chan.capacity == 0
                           ? chan.receivers.is_empty()
                           // acquire: 2 before 3
                           : chan.count.load(std::memory_order_acquire) == chan.capacity;
  return is_full && !chan.is_closed.load(std::memory_order_relaxed);  // relaxed: as above
}
// Closed and drained, which it stays for ever.
inline bool is_surely_drained(const chan_core& chan) noexcept {
  // acquire: pairs with close(): the edge, and a count that can only fall
  return chan.is_closed.load(std::memory_order_acquire) &&
         chan.count.load(std::memory_order_relaxed) == 0;  // relaxed: see acquire
}

// Closes for `self` (null: nobody who announces it), waking everybody. False when it was closed
// already.
bool close(chan_core& chan, event::goroutine* self);

}  // namespace vole::channel
