// SPDX-License-Identifier: Apache-2.0
// The channel's state, and the steps of an operation that run under its lock.
//
// An operation is: announce what it touches; take the lock; send_locked() or receive_locked(); drop
// the lock; completion::finish(). Moving an element to or from a parked peer is done after the lock
// is dropped: the peer can't go on before ready(), and the waiter is in no queue any more.
//
// Invariants (under the lock)
//   count > 0         =>  no receiver waits
//   count < capacity  =>  no sender waits           (so: at most one queue has anybody, but for a
//                                                    select that sends and receives here)
//   send_index == (receive_index + count) mod capacity
//   closed            =>  nobody waits
// Selects that were claimed elsewhere don't count as waiting.
#pragma once

#include <vole/detail/chan_core.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/spin_lock.h"
#include "chan/wait_queue.h"

namespace vole::channel {
struct timer_feed;
}

namespace vole::detail {

struct chan_core {
  base::spin_lock lock{base::lock_rank::chan};
  std::atomic<std::uint32_t> references{1};
  std::size_t capacity = 0;
  const element_ops* ops = nullptr;
  channel::timer_feed* feed = nullptr;  // a timer's channel: fed by the clock, never sent to

  std::atomic<std::size_t> count{0};  // written under the lock; len() reads it without
  bool is_closed VOLE_GUARDED_BY(lock) = false;
  // The slots that the next send and receive use. Also counted for a value that is handed past an
  // empty buffer: the announcements name the slot that it would have used.
  std::size_t send_index VOLE_GUARDED_BY(lock) = 0;
  std::size_t receive_index VOLE_GUARDED_BY(lock) = 0;
  channel::wait_queue receivers VOLE_GUARDED_BY(lock);
  channel::wait_queue senders VOLE_GUARDED_BY(lock);

  std::byte* slots = nullptr;

  void* slot(std::size_t index) const noexcept { return slots + index * ops->size; }
};

}  // namespace vole::detail

namespace vole::channel {

using detail::chan_core;
using detail::element_ops;

// Moves and destroys elements where the race detector doesn't look.
void move_element(const element_ops& ops, void* to, void* from) noexcept;
void destroy_element(const element_ops& ops, void* at) noexcept;

// What is left to do once the lock is dropped.
struct completion {
  const element_ops* ops = nullptr;  // null: nothing to move
  void* to = nullptr;
  void* from = nullptr;
  waiter* peer = nullptr;  // to be readied

  void finish() noexcept;
};

enum class outcome : std::uint8_t { done, would_block, closed };

// Sends the element at `kept` for `self`, if that goes without waiting. closed: it has to throw.
outcome send_locked(chan_core& chan, event::goroutine* self, void* kept, completion& rest)
    VOLE_REQUIRES(chan.lock);

// Receives into `slot` for `self`. closed: closed and drained.
outcome receive_locked(chan_core& chan, event::goroutine* self, void* slot, completion& rest)
    VOLE_REQUIRES(chan.lock);

// Closes for `self` (null: the runtime's own thread, which announces nothing), waking everybody.
// False when it was closed already.
bool close(chan_core& chan, event::goroutine* self);

}  // namespace vole::channel
