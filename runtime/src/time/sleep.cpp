// SPDX-License-Identifier: Apache-2.0
// The clock, and sleeping.
#include <vole/time.h>

#include "event/goroutine.h"
#include "event/wait/source.h"
#include "sched/park.h"
#include "sched/timer.h"

namespace vole {
namespace {

struct sleeper : sched::timer_entry {
  event::goroutine* self = nullptr;
};

}  // namespace

steady_clock::time_point steady_clock::now() noexcept {
  return time_point(duration(sched::now_ns()));
}

system_clock::time_point system_clock::now() noexcept {
  const event::goroutine* const self = event::current();
  if (self != nullptr && self->bubble_id != 0)  // its clock's epoch is that of the calendar
    return time_point(duration(sched::now_ns()));
  return time_point(std::chrono::system_clock::now().time_since_epoch());
}

time_point detail::later(duration d) noexcept {
  const time_point now = steady_clock::now();
  return d > time_point::max() - now ? time_point::max() : now + d;
}

void sleep(duration d) {
  if (d <= duration::zero()) return;
  sleeper me;
  me.deadline_ns = detail::later(d).time_since_epoch().count();
  me.self = sched::current();
  me.fire = [](sched::timer_entry& entry) { sched::ready(static_cast<sleeper&>(entry).self); };
  sched::bind_to_clock(me);
  const event::deadline_source until(me.deadline_ns);
  const event::wait_scope note(*me.self, until);
  sched::park(
      event::wait_reason::sleep, nullptr,
      [](event::goroutine*, void* entry) {
        sched::arm(*static_cast<sleeper*>(entry));
        return true;
      },
      static_cast<sleeper*>(&me));
}

}  // namespace vole
