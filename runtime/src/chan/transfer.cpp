// SPDX-License-Identifier: Apache-2.0
// The rarer steps of channel operations: closing, and a timer's tick.
#include "chan/transfer.h"

namespace vole::channel {

event::goroutine* begin_announced(event::operation what, const void* object) {
  event::emit::operation_begun(what, object);
  return announcer();
}

outcome receive_tick_locked(chan_core& chan, event::goroutine* self,
                            void* slot) VOLE_NO_THREAD_SAFETY_ANALYSIS {  // the feed's lock is it
  return take_tick_locked(*chan.feed, self, slot) ? outcome::done : outcome::would_block;
}

bool close(chan_core& chan, event::goroutine* self) {
  waiter* woken = nullptr;
  {
    const base::biased_guard guard(chan.lock);
    if (chan.is_closed.load(std::memory_order_relaxed)) return false;  // relaxed: lock held
    // release: pairs with is_surely_drained(): the edge to who sees it without the lock
    chan.is_closed.store(true, std::memory_order_release);
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
