// SPDX-License-Identifier: Apache-2.0
// The clock, sleeping, timers and tickers, as of Go 1.23.
//
//   vole::ticker every{100ms};
//   for (;;) {
//     switch (vole::select(vole::on_recv(every.c()), vole::on_recv(ctx.done()))) {
//       case 0: poll(); break;
//       case 1: return;
//     }
//   }
//
// The channel of a timer holds no stale value: what is received after stop() or reset() has
// returned comes from the new setting. Its len() and cap() are 0. A tick carries the time at which
// it was due. Starting or resetting a timer happens before what its firing lets run.
#pragma once

#include <vole/chan.h>
#include <vole/detail/annotations.h>
#include <vole/detail/timer_core.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace vole {

using duration = std::chrono::nanoseconds;

// A std Clock. It never goes back. Its epoch is arbitrary; in a synctest bubble it is 1970.
struct steady_clock {
  using duration = vole::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<steady_clock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};

using time_point = steady_clock::time_point;

// The calendar: std::chrono::system_clock's time; in a synctest bubble, the bubble's. Its time
// points are its own, so that deadlines are reckoned by it.
struct system_clock {
  using duration = vole::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<system_clock>;
  static constexpr bool is_steady = false;
  static time_point now() noexcept;
  static constexpr std::chrono::sys_time<duration> to_sys(const time_point& when) {
    return std::chrono::sys_time<duration>(when.time_since_epoch());
  }
  static constexpr time_point from_sys(const std::chrono::sys_time<duration>& when) {
    return time_point(when.time_since_epoch());
  }
};

// Lets the goroutine wait for at least `d`; returns at once if that is not positive. No edge.
VOLE_PARKS void sleep(duration d);

namespace detail {

// `d`, in nanoseconds, rounded up, as far as they reach.
template <class Rep, class Period>
constexpr duration saturated(const std::chrono::duration<Rep, Period>& d) {
  using seconds = std::chrono::duration<long double>;
  if (seconds(d) >= seconds(duration::max())) return duration::max();
  if (seconds(d) <= seconds(duration::min())) return duration::min();
  return std::chrono::ceil<duration>(d);
}

// now() + d, or the end of time.
time_point later(duration d) noexcept;

template <class Rep, class Period>
time_point deadline_after(const std::chrono::duration<Rep, Period>& d) {
  return later(saturated(d));
}

// The same moment by vole's clock.
template <class Clock, class Duration>
time_point deadline_of(const std::chrono::time_point<Clock, Duration>& when) {
  if constexpr (std::is_same_v<Clock, steady_clock>)
    return time_point(saturated(when.time_since_epoch()));
  else
    return deadline_after(when - Clock::now());
}

}  // namespace detail

// A channel that gets one time point, `d` from now. Costs nothing once the last handle is gone.
recv_chan<time_point> after(duration d);

// Fires once. Movable; stops when destroyed.
class timer {
 public:
  explicit timer(duration d);
  timer(timer&& other) noexcept;
  timer& operator=(timer&& other) noexcept;
  ~timer();

  // Where the time point arrives. Nil for a timer made by after_func.
  const recv_chan<time_point>& c() const noexcept { return channel_; }
  // True when that kept it from firing: the tick has not been received, or the function not been
  // started. Doesn't wait for a function that runs.
  bool stop();
  // Fires `d` from now instead. Returns what stop() would have.
  bool reset(duration d);

 private:
  template <class F>
  friend timer after_func(duration d, F f);
  explicit timer(detail::timed_call* call) noexcept : call_(call) {}

  recv_chan<time_point> channel_;
  detail::timed_call* call_ = nullptr;  // after_func's; one reference
};

// Ticks every `d`, and drops ticks for a receiver that is late. Movable; stops when destroyed.
// Throws panic("non-positive interval for NewTicker").
class ticker {
 public:
  explicit ticker(duration d);
  ticker(ticker&& other) noexcept = default;
  ticker& operator=(ticker&& other) noexcept;
  ~ticker();

  const recv_chan<time_point>& c() const noexcept { return channel_; }
  void stop();
  // The next tick comes `d` from now. Throws panic("non-positive interval for Ticker.Reset").
  void reset(duration d);

 private:
  recv_chan<time_point> channel_;
};

// Calls f in a goroutine of its own, `d` from now. The handle may be dropped without stopping it;
// reset() calls f again, also while an earlier call still runs.
template <class F>
[[gnu::always_inline]] inline timer after_func(duration d, F f) {
  static_assert(std::is_invocable_v<F&>, "after_func takes a function without arguments");
  auto closure = std::make_unique<F>(std::move(f));
  detail::timed_call* const call = detail::timed_call_make(
      d.count(), [](void* at) { static_cast<void>(std::invoke(*static_cast<F*>(at))); },
      [](void* at) { std::default_delete<F>()(static_cast<F*>(at)); }, closure.get());
  static_cast<void>(closure.release());
  return timer(call);
}

}  // namespace vole
