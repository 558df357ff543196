// SPDX-License-Identifier: Apache-2.0
// Timer channels and timed calls behind the shells of <vole/time.h>.
#pragma once

#include <vole/detail/chan_core.h>

#include <cstdint>

namespace vole::detail {

// A channel of time points that the clock feeds, `delay_ns` from now, again every `period_ns` if
// that is not 0. It stops with its last handle. The caller holds the one reference.
chan_core* timer_chan_make(std::int64_t delay_ns, std::int64_t period_ns);
// True when that kept a tick from being received.
bool timer_chan_stop(chan_core* chan);
// For an owner that gives its reference up: stops it unless that ends the channel anyway.
void timer_chan_drop(chan_core* chan) noexcept;
bool timer_chan_reset(chan_core* chan, std::int64_t delay_ns, std::int64_t period_ns);
// Fatal with `misuse` unless the caller may use this timer: one that was made in a synctest bubble
// belongs there.
void timer_chan_check(const chan_core* chan, const char* misuse);

// A function that is called in a goroutine of its own when its time has come.
struct timed_call;

// Takes over `closure`. The caller holds the one reference.
timed_call* timed_call_make(std::int64_t delay_ns, void (*run)(void* closure),
                            void (*destroy)(void* closure), void* closure);
void timed_call_release(timed_call* call) noexcept;  // does not stop it
// True when that kept the function from being called. Does not wait for one that runs.
bool timed_call_stop(timed_call* call);
bool timed_call_reset(timed_call* call, std::int64_t delay_ns);
void timed_call_check(const timed_call* call, const char* misuse);  // as timer_chan_check

}  // namespace vole::detail
