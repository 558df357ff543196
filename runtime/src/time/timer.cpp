// SPDX-License-Identifier: Apache-2.0
// timer, ticker and after(): handles of a channel that the clock feeds.
#include <vole/panic.h>
#include <vole/time.h>

#include <utility>

#include "event/emit.h"

namespace vole {
namespace {

constexpr const char* kStrangeStop = "stop of synctest timer from outside bubble";
constexpr const char* kStrangeReset = "reset of synctest timer from outside bubble";

recv_chan<time_point> make_channel(duration first, duration period) {
  return detail::chan_access::wrap<recv_chan<time_point>>(
      detail::chan_handle(detail::timer_chan_make(first.count(), period.count())));
}

detail::chan_core* core(const recv_chan<time_point>& channel) {
  return detail::chan_access::handle(channel).get();
}

}  // namespace

static_assert(sizeof(time_point) == sizeof(std::int64_t), "timer channels carry nanoseconds");

recv_chan<time_point> after(duration d) { return make_channel(d, duration::zero()); }

timer::timer(duration d) : channel_(make_channel(d, duration::zero())) {}

timer::timer(timer&& other) noexcept
    : channel_(std::move(other.channel_)), call_(std::exchange(other.call_, nullptr)) {}

timer& timer::operator=(timer&& other) noexcept {
  if (this != &other) {
    timer old(std::move(*this));
    channel_ = std::move(other.channel_);
    call_ = std::exchange(other.call_, nullptr);
  }
  return *this;
}

timer::~timer() {
  if (channel_)
    detail::timer_chan_drop(core(channel_));
  else if (call_ != nullptr)
    detail::timed_call_release(call_);
}

bool timer::stop() {
  event::emit::operation_begun(event::operation::timer, this);
  if (channel_) {
    detail::timer_chan_check(core(channel_), kStrangeStop);
    return detail::timer_chan_stop(core(channel_));
  }
  if (call_ != nullptr) {
    detail::timed_call_check(call_, kStrangeStop);
    return detail::timed_call_stop(call_);
  }
  throw panic("time: Stop called on uninitialized Timer");
}

bool timer::reset(duration d) {
  event::emit::operation_begun(event::operation::timer, this);
  if (channel_) {
    detail::timer_chan_check(core(channel_), kStrangeReset);
    return detail::timer_chan_reset(core(channel_), d.count(), 0);
  }
  if (call_ != nullptr) {
    detail::timed_call_check(call_, kStrangeReset);
    return detail::timed_call_reset(call_, d.count());
  }
  throw panic("time: Reset called on uninitialized Timer");
}

ticker::ticker(duration d) {
  if (d <= duration::zero()) throw panic("non-positive interval for NewTicker");
  channel_ = make_channel(d, d);
}

ticker& ticker::operator=(ticker&& other) noexcept {
  if (this != &other) {
    if (channel_) detail::timer_chan_stop(core(channel_));
    channel_ = std::move(other.channel_);
  }
  return *this;
}

ticker::~ticker() {
  if (channel_) detail::timer_chan_drop(core(channel_));
}

void ticker::stop() {
  event::emit::operation_begun(event::operation::timer, this);
  if (!channel_) return;
  detail::timer_chan_check(core(channel_), kStrangeStop);
  detail::timer_chan_stop(core(channel_));
}

void ticker::reset(duration d) {
  if (d <= duration::zero()) throw panic("non-positive interval for Ticker.Reset");
  event::emit::operation_begun(event::operation::timer, this);
  if (!channel_) throw panic("time: Reset called on uninitialized Ticker");
  detail::timer_chan_check(core(channel_), kStrangeReset);
  detail::timer_chan_reset(core(channel_), d.count(), d.count());
}

}  // namespace vole
