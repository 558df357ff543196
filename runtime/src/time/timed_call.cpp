// SPDX-License-Identifier: Apache-2.0
// after_func: a function that the clock starts in a goroutine of its own.
//
// References: one of the handle, one while the entry is armed, which passes to the goroutine that
// the firing makes. stop and reset of several goroutines take turns by the lock, which fire() does
// not take, since cancel() may wait for it.
#include <vole/detail/timer_core.h>

#include <vole/time.h>

#include <limits>

#include "base/spin_lock.h"
#include "event/announced_count.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sched/spawn.h"
#include "sched/timer.h"

namespace vole::detail {

struct timed_call : sched::timer_entry {
  event::announced_count references;
  base::spin_lock lock{base::lock_rank::timer_client};
  void (*run)(void*) = nullptr;
  void (*destroy)(void*) = nullptr;
  void* closure = nullptr;
  std::uintptr_t creation_pc = 0;
  std::uint32_t bubble_id = 0;  // the synctest bubble that it was made in; 0: none
};

namespace {

struct released_at_end {
  timed_call* call;
  ~released_at_end() { timed_call_release(call); }
};

void run_call(void* argument) {
  const released_at_end owner{static_cast<timed_call*>(argument)};
  event::emit::timer_fired(owner.call, event::current());
  owner.call->run(owner.call->closure);
}

void on_fire(sched::timer_entry& entry) {
  auto& call = static_cast<timed_call&>(entry);
  if (call.end == sched::timer_entry::end_of_time::told) return timed_call_release(&call);
  sched::spawn_request request;
  request.run = &run_call;
  request.closure = &call;
  request.creation_pc = call.creation_pc;
  sched::spawn(request);
}

// One that is due already needs no timer: the function is started here and now.
void arm_locked(timed_call& call, std::int64_t delay_ns) {
  call.references.retain();
  event::emit::timer_armed(&call);
  if (delay_ns <= 0) return on_fire(call);
  call.deadline_ns = sched::later_ns(now_ns_of(call), delay_ns);
  sched::arm(call);
}

}  // namespace

[[gnu::noinline]] timed_call* timed_call_make(std::int64_t delay_ns, void (*run)(void*),
                                              void (*destroy)(void*), void* closure) {
  // Adopted if need be: the function is told from one that nobody armed.
  event::goroutine* const self = sched::current();
  auto* const call = new timed_call;
  call->bubble_id = self->bubble_id;
  call->fire = &on_fire;
  call->end = sched::timer_entry::end_of_time::wants;
  sched::bind_to_clock(*call);
  call->run = run;
  call->destroy = destroy;
  call->closure = closure;
  call->creation_pc = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  arm_locked(*call, delay_ns);  // nobody else knows it yet
  return call;
}

void timed_call_release(timed_call* call) noexcept {
  if (!call->references.release()) return;
  sched::cancel(*call);  // not armed, but the fire that started the last call may not have returned
  call->destroy(call->closure);
  event::emit::object_destroyed(call, sizeof *call);
  delete call;
}

void timed_call_check(const timed_call* call, const char* misuse) {
  if (call->bubble_id != 0 && call->bubble_id != sched::current()->bubble_id) [[unlikely]]
    sched::fatal(misuse);
}

bool timed_call_stop(timed_call* call) {
  bool was_armed;
  {
    const base::spin_guard guard(call->lock);
    was_armed = sched::cancel(*call);
  }
  if (was_armed) timed_call_release(call);
  return was_armed;
}

bool timed_call_reset(timed_call* call, std::int64_t delay_ns) {
  bool was_armed;
  {
    const base::spin_guard guard(call->lock);
    was_armed = sched::cancel(*call);
    arm_locked(*call, delay_ns);
  }
  if (was_armed) timed_call_release(call);
  return was_armed;
}

}  // namespace vole::detail
