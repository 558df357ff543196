// SPDX-License-Identifier: Apache-2.0
// Ticks: when they are due, who gets them, and the scheduler's timer behind them.
#include "chan/timer_feed.h"

#include <vole/detail/timer_core.h>

#include <cstring>
#include <memory>

#include "base/check.h"
#include "event/emit.h"
#include "sched/park.h"

namespace vole::channel {
namespace {

// Makes the tick that is due at `now_ns`, if it is. One that waits already keeps its place and the
// new one is dropped, as a ticker does for a slow receiver.
void refresh_locked(timer_feed& feed, std::int64_t now_ns) VOLE_REQUIRES(feed.chan->lock) {
  if (!feed.is_running || feed.due_ns > now_ns) return;
  if (!feed.has_tick) {
    feed.has_tick = true;
    feed.tick_ns = feed.due_ns;
  }
  if (feed.every_ns > 0)
    feed.due_ns += feed.every_ns * (1 + (now_ns - feed.due_ns) / feed.every_ns);
  else
    feed.is_running = false;
}

void give_tick_locked(timer_feed& feed, event::goroutine* receiver, void* slot)
    VOLE_REQUIRES(feed.chan->lock) {
  static_assert(sizeof feed.tick_ns == 8, "a time point is a count of nanoseconds");
  std::memcpy(slot, &feed.tick_ns, sizeof feed.tick_ns);
  feed.has_tick = false;
  if (receiver != nullptr) event::emit::timer_fired(&feed, receiver);
}

void on_fire(sched::timer_entry& entry) {
  auto& feed = static_cast<timer_feed&>(entry);
  waiter* receiver = nullptr;
  {
    const base::biased_guard guard(feed.chan->lock);
    refresh_locked(feed, sched::now_ns_of(feed));
    if (feed.has_tick) receiver = feed.chan->receivers.take();
    if (receiver != nullptr) {
      receiver->is_successful = true;
      give_tick_locked(feed, receiver->self, receiver->kept);
    }
    if (feed.state == feed_state::armed) {
      feed.state = feed_state::idle;
      if (!feed.chan->receivers.is_empty()) arm_locked(feed);
    }
  }
  if (receiver != nullptr) sched::ready(receiver->self);
}

// Sets the deadline, or none when `is_running` is false. True when a tick was to come or waited.
bool set(chan_core& chan, bool is_running, std::int64_t delay_ns, std::int64_t every_ns) {
  timer_feed& feed = *chan.feed;
  const std::int64_t due_ns = is_running ? sched::later_ns(now_ns_of(feed), delay_ns) : 0;
  bool had_tick = false;
  bool must_disarm = false;
  {
    const base::biased_guard guard(feed.chan->lock);
    had_tick = feed.is_running || feed.has_tick;
    feed.has_tick = false;
    feed.is_running = is_running;
    feed.due_ns = due_ns;
    feed.every_ns = every_ns;
    if (is_running) event::emit::timer_armed(&feed);
    if (feed.state == feed_state::armed) {
      feed.state = feed_state::disarming;
      must_disarm = true;
    } else if (!feed.chan->receivers.is_empty()) {
      arm_locked(feed);
    }
  }
  if (must_disarm) disarm(feed);
  return had_tick;
}

}  // namespace

bool take_tick_locked(timer_feed& feed, event::goroutine* self, void* slot) {
  refresh_locked(feed, sched::now_ns_of(feed));
  if (!feed.has_tick) return false;
  give_tick_locked(feed, self, slot);
  return true;
}

void arm_locked(timer_feed& feed) {
  if (feed.state != feed_state::idle || !feed.is_running) return;
  feed.deadline_ns = feed.due_ns;
  feed.state = feed_state::armed;
  sched::arm(feed);
}

bool begin_disarm_locked(timer_feed& feed) {
  if (feed.state != feed_state::armed || !feed.chan->receivers.is_empty()) return false;
  feed.state = feed_state::disarming;
  return true;
}

void disarm(timer_feed& feed) {
  sched::cancel(feed);
  const base::biased_guard guard(feed.chan->lock);
  VOLE_ASSERT(feed.state == feed_state::disarming);
  feed.state = feed_state::idle;
  if (!feed.chan->receivers.is_empty()) arm_locked(feed);
}

void destroy_feed(timer_feed* feed) {
  sched::cancel(*feed);  // also waits for a fire that has just woken the last receiver
  event::emit::object_destroyed(feed, sizeof *feed);
  delete feed;
}

}  // namespace vole::channel

namespace vole::detail {
namespace {
constexpr element_ops kTimePointOps{sizeof(std::int64_t), nullptr, nullptr, true};
}

chan_core* timer_chan_make(std::int64_t delay_ns, std::int64_t period_ns) {
  auto feed = std::make_unique<channel::timer_feed>();
  chan_core* const chan = chan_make(kTimePointOps, 0);
  feed->fire = &channel::on_fire;
  feed->chan = chan;
  sched::bind_to_clock(*feed);
  feed->is_running = true;  // no lock: nobody else knows the channel yet
  feed->due_ns = sched::later_ns(now_ns_of(*feed), delay_ns);
  feed->every_ns = period_ns;
  event::emit::timer_armed(feed.get());
  chan->feed = feed.release();
  return chan;
}

void timer_chan_drop(chan_core* chan) noexcept {
  // acquire: nobody else can receive any more; sees what others did before they gave it up
  if (chan->references.load(std::memory_order_acquire) != 1) timer_chan_stop(chan);
}

bool timer_chan_stop(chan_core* chan) { return channel::set(*chan, false, 0, 0); }

bool timer_chan_reset(chan_core* chan, std::int64_t delay_ns, std::int64_t period_ns) {
  return channel::set(*chan, true, delay_ns, period_ns);
}

void timer_chan_check(const chan_core* chan, const char* misuse) {
  channel::check_bubble(*chan, misuse);
}

}  // namespace vole::detail
