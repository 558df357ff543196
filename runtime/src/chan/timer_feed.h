// SPDX-License-Identifier: Apache-2.0
// A timer's channel: instead of senders it has a deadline.
//
// As of Go 1.23 the channel looks unbuffered, holds at most one tick, and forgets it on stop and
// reset. A tick is made by whoever looks: a receive finds that the deadline has passed and takes
// it. The scheduler's timer is armed only while somebody waits on the channel, so that a ticker
// nobody listens to costs nothing, and a program whose goroutines all wait elsewhere is seen to be
// dead.
//
// The entry's state (under the channel's lock)
//   idle       not armed; it may still be returning from its last fire
//   armed      armed for the deadline; the one who disarms it makes it `disarming`
//   disarming  somebody is in sched::cancel(), without the lock, and will arm it anew if need be;
//              nobody else touches the entry
//   arm_locked() and disarm() are the only ones who change it, and the entry's own fire.
#pragma once

#include <cstdint>

#include "chan/chan_core.h"
#include "sched/timer.h"

namespace vole::channel {

enum class feed_state : std::uint8_t { idle, armed, disarming };

struct timer_feed : sched::timer_entry {
  chan_core* chan = nullptr;
  feed_state state = feed_state::idle;
  bool is_running = false;    // a deadline is set
  bool has_tick = false;      // a tick waits to be received
  std::int64_t due_ns = 0;    // when the next tick is due; the entry's deadline_ns is sched's
  std::int64_t every_ns = 0;  // 0: one shot
  std::int64_t tick_ns = 0;   // when the waiting tick was due
};

// Takes the tick that is due, if any, for `self`.
bool take_tick_locked(timer_feed& feed, event::goroutine* self, void* slot)
    VOLE_REQUIRES(feed.chan->lock);

// Somebody is about to wait on the channel.
void arm_locked(timer_feed& feed) VOLE_REQUIRES(feed.chan->lock);

// Somebody has ceased to wait on the channel: true when nobody else waits, and disarm() is to be
// called once the lock is dropped.
bool begin_disarm_locked(timer_feed& feed) VOLE_REQUIRES(feed.chan->lock);

// Second half of begin_disarm_locked(), without locks. May wait for a running fire.
void disarm(timer_feed& feed);

// Frees the feed of a channel that nobody has any more.
void destroy_feed(timer_feed* feed);

}  // namespace vole::channel
